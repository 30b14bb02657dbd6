/**
 * Remote storage shared by simulated pageservers: an object store in memory or in a folder, and the objects in it
 * (timeline indices, layers, heatmaps, generation claims).
 */
@NullMarked
package dev.berth.sim.remote;

import org.jspecify.annotations.NullMarked;
