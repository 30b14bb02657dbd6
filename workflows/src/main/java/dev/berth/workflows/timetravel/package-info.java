/**
 * Time travel of a tenant's remote storage (http-api 9.5, behaviour 7.7): some pageserver that answers brings shard after shard back to
 * what it was.
 */
@NullMarked
package dev.berth.workflows.timetravel;

import org.jspecify.annotations.NullMarked;
