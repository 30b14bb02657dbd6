/**
 * How handlers read the cell, change it and wait for it: commands with their deadlines and ids, catching up before a read says no, waits
 * whose bound is part of the API. Rejections and failures become HTTP errors here.
 */
@NullMarked
package dev.berth.gateway.command;

import org.jspecify.annotations.NullMarked;
