package dev.berth.standalone.options;

import dev.berth.schemas.model.AutomaticSplitSettings;
import java.time.Duration;

/**
 * Splits that nobody asks for.
 *
 * @param interval between two looks at sizes
 */
public record SplitOptions(AutomaticSplitSettings settings, Duration interval) {
    /** They are off. */
    public static final SplitOptions OFF = new SplitOptions(AutomaticSplitSettings.OFF, Duration.ofSeconds(20));
}
