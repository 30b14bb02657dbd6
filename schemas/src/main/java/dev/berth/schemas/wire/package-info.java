/**
 * Bytes on the log: message registry, envelope, codec, topics. The only place that knows type tags and versions.
 */
@NullMarked
package dev.berth.schemas.wire;

import org.jspecify.annotations.NullMarked;
