/** Berth's API as the demo and the bench call it: plain HTTP and JSON, knowing nothing of the services' code. */
@NullMarked
package dev.berth.standalone.client;

import org.jspecify.annotations.NullMarked;
