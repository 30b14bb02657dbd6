package dev.berth.standalone.up;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;

/** The lines that a person reads while Berth runs. */
public final class Console {
    private final PrintStream out;

    public Console(PrintStream out) {
        this.out = out;
    }

    public synchronized void line(String text) {
        out.println(text);
        out.flush();
    }

    void part(String name, String text) {
        line(String.format(Locale.ROOT, "  %-13s %s", name, text));
    }

    public static String seconds(Duration duration) {
        return String.format(Locale.ROOT, "%.1f s", duration.toMillis() / 1000.0);
    }
}
