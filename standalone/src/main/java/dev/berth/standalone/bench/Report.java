package dev.berth.standalone.bench;

import dev.berth.standalone.up.Console;
import java.util.ArrayList;
import java.util.List;

/** Collects the rows as they are measured, and everything that was wrong, whatever its speed. */
final class Report {
    private static final String GAP = "   ";

    /** What the issue is, what came out, what has to be reached, and where it is to go. */
    record Row(String what, String measured, Goal goal) {}

    /** What has to be reached and what is hoped for; of the full size, 10,000 shards on 10 nodes. */
    record Goal(String must, String dream) {
        static final Goal NONE = new Goal("", "");
    }

    private final Console console;
    private final List<Row> rows = new ArrayList<>();
    private final List<String> wrongs = new ArrayList<>();

    Report(Console console) {
        this.console = console;
    }

    void row(String what, String measured, Goal goal) {
        rows.add(new Row(what, measured, goal));
        console.line("  " + what + ": " + measured);
    }

    /** What belongs to the last row and is too long for the table. */
    void detail(String text) {
        console.line("    " + text);
    }

    void wrong(String text) {
        wrongs.add(text);
        console.line("  WRONG " + text);
    }

    void failuresOf(String what, Sample sample) {
        if (sample.failed() > 0) {
            wrong(what + ": " + sample.failed() + " of "
                    + (sample.failed() + sample.nanos().size()) + " operations, for instance "
                    + String.join("; ", sample.failures()));
        }
    }

    List<String> wrongs() {
        return List.copyOf(wrongs);
    }

    List<Row> rows() {
        return List.copyOf(rows);
    }

    String table() {
        List<Row> all = new ArrayList<>();
        all.add(new Row("row", "measured", new Goal("must", "dream")));
        all.addAll(rows);
        int what = all.stream().mapToInt(row -> row.what().length()).max().orElse(0);
        int measured =
                all.stream().mapToInt(row -> row.measured().length()).max().orElse(0);
        int must =
                all.stream().mapToInt(row -> row.goal().must().length()).max().orElse(0);
        StringBuilder table = new StringBuilder();
        for (Row row : all) {
            String line = padded(row.what(), what)
                    + GAP
                    + padded(row.measured(), measured)
                    + GAP
                    + padded(row.goal().must(), must)
                    + GAP
                    + row.goal().dream();
            table.append(line.stripTrailing()).append('\n');
        }
        return table.toString();
    }

    private static String padded(String text, int width) {
        return text + " ".repeat(width - text.length());
    }
}
