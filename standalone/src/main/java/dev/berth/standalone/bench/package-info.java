/**
 * {@code berth bench}: the main rows of the speed table, measured on processes of its own. One class per workload; simulated
 * pageservers, the control plane and the load are in the bench's process, so that what is measured is Berth and its foundations.
 */
@NullMarked
package dev.berth.standalone.bench;

import org.jspecify.annotations.NullMarked;
