package dev.berth.standalone.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What processes with their children use of the machine, by the names of the parts. */
final class Footprint {
    private static final Pattern PSS = Pattern.compile("^Pss: +([0-9]+) kB$", Pattern.MULTILINE);
    private static final Pattern HEAP_USED = Pattern.compile("total [0-9]+K, used ([0-9]+)K");

    private Footprint() {}

    /** CPU time since each began. */
    static Map<String, Duration> cpu(Map<String, ProcessHandle> parts) {
        Map<String, Duration> used = new TreeMap<>();
        parts.forEach((name, part) -> used.put(
                name,
                tree(part)
                        .map(process -> process.info().totalCpuDuration().orElse(Duration.ZERO))
                        .reduce(Duration.ZERO, Duration::plus)));
        return used;
    }

    static Map<String, Duration> between(Map<String, Duration> before, Map<String, Duration> after) {
        Map<String, Duration> used = new TreeMap<>();
        after.forEach((name, cpu) -> used.put(name, cpu.minus(before.getOrDefault(name, Duration.ZERO))));
        return used;
    }

    /** CPU time that each uses per second, over the time to come. */
    static Map<String, Duration> perSecond(Map<String, ProcessHandle> parts, Duration time)
            throws InterruptedException {
        Map<String, Duration> before = cpu(parts);
        long begun = System.nanoTime();
        TimeUnit.NANOSECONDS.sleep(time.toNanos());
        double seconds = (System.nanoTime() - begun) / 1e9;
        Map<String, Duration> used = between(before, cpu(parts));
        used.replaceAll((name, cpu) -> Duration.ofNanos(Math.round(cpu.toNanos() / seconds)));
        return used;
    }

    static Duration sum(Map<String, Duration> used) {
        return used.values().stream().reduce(Duration.ZERO, Duration::plus);
    }

    /** Each part with the milliseconds it used. */
    static String each(Map<String, Duration> used) {
        return used.entrySet().stream()
                .map(part -> part.getKey() + " " + part.getValue().toMillis())
                .collect(Collectors.joining(", "));
    }

    /** Megabytes of memory, what processes share divided between them; empty where the system does not tell. */
    static Map<String, Long> megabytes(Map<String, ProcessHandle> parts) {
        Map<String, Long> used = new TreeMap<>();
        parts.forEach((name, part) -> {
            long kilobytes = tree(part)
                    .flatMap(process -> pss(process.pid()).stream().boxed())
                    .mapToLong(Long::longValue)
                    .sum();
            if (kilobytes > 0) {
                used.put(name, kilobytes >> 10);
            }
        });
        return used;
    }

    private static Stream<ProcessHandle> tree(ProcessHandle part) {
        return Stream.concat(Stream.of(part), part.descendants());
    }

    private static OptionalLong pss(long pid) {
        try {
            return PSS.matcher(Files.readString(Path.of("/proc", Long.toString(pid), "smaps_rollup")))
                    .results()
                    .mapToLong(found -> Long.parseLong(found.group(1)))
                    .findFirst();
        } catch (IOException notTold) {
            return OptionalLong.empty();
        }
    }

    /** Kilobytes on the heap of a Java process after a collection: what it really holds. */
    static long heapKilobytes(ProcessHandle java) throws IOException, InterruptedException {
        jcmd(java, "GC.run");
        return HEAP_USED
                .matcher(jcmd(java, "GC.heap_info"))
                .results()
                .map(MatchResult::group)
                .collect(Collectors.summingLong(Footprint::usedKilobytes));
    }

    private static long usedKilobytes(String generation) {
        return Long.parseLong(generation.substring(generation.lastIndexOf(' ') + 1, generation.length() - 1));
    }

    private static String jcmd(ProcessHandle java, String command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                        Long.toString(java.pid()),
                        command)
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return output;
    }
}
