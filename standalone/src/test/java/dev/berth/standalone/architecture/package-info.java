/** The walls between modules and packages, kept by the build. */
@NullMarked
package dev.berth.standalone.architecture;

import org.jspecify.annotations.NullMarked;
