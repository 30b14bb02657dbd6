/**
 * What a command came to: accepted with a reply, or rejected with a reason. One reason, one HTTP status.
 */
@NullMarked
package dev.berth.schemas.reply;

import org.jspecify.annotations.NullMarked;
