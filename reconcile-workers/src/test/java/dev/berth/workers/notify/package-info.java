/** Tests of telling computes. */
@NullMarked
package dev.berth.workers.notify;

import org.jspecify.annotations.NullMarked;
