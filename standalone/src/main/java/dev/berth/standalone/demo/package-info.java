/**
 * {@code berth demo}: the main job as a story on real processes that are killed in the middle of it, and an examination from
 * outside of everything that must hold afterwards.
 */
@NullMarked
package dev.berth.standalone.demo;

import org.jspecify.annotations.NullMarked;
