/**
 * Everything that may be asked of or reported to the state machine. Commands are imperative; those that carry what was
 * learnt outside begin with Report. They travel on the topic berth.commands and are the only way state changes.
 */
@NullMarked
package dev.berth.schemas.command;

import org.jspecify.annotations.NullMarked;
