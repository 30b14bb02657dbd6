/**
 * Identifiers and scalars as the HTTP contract prints them: tenants, shards, nodes, generations, log positions.
 * Values only; parsing errors are {@link IllegalArgumentException} with a text fit for a caller. Nothing here knows JSON
 * beyond the text form of each value.
 */
@NullMarked
package dev.berth.schemas.id;

import org.jspecify.annotations.NullMarked;
