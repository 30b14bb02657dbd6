/** What a node really holds, for the comparison with what it should hold (P3, P10). */
@NullMarked
package dev.berth.workers.listing;

import org.jspecify.annotations.NullMarked;
