/**
 * The surroundings of front-door tests: embedded parts shared by one test run, a cell of its own for each test, and processes
 * that can be killed.
 */
@NullMarked
package dev.berth.standalone.cluster;

import org.jspecify.annotations.NullMarked;
