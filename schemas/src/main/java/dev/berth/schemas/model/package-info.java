/**
 * Words that commands, events and tasks share: policies, availability, addresses, locations, work. Immutable values with
 * their JSON form; no behaviour beyond their own rules.
 */
@NullMarked
package dev.berth.schemas.model;

import org.jspecify.annotations.NullMarked;
