package dev.berth.scheduler.app;

import dev.berth.log.LogClients;
import dev.berth.schemas.wire.Topics;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;

/** A scheduler service in a process of its own, to be killed. */
final class SchedulerProcess {
    private SchedulerProcess() {}

    public static void main(String[] arguments) throws Exception {
        SchedulerService.start(options(arguments[0], new Topics(arguments[1]), Path.of(arguments[2]), arguments[3]));
        new CountDownLatch(1).await();
    }

    static SchedulerOptions options(String bootstrapServers, Topics topics, Path folder, String member) {
        return new SchedulerOptions(
                new LogClients(bootstrapServers),
                topics,
                member,
                folder,
                () -> {},
                new SimpleMeterRegistry(),
                SchedulerOptions.START_BOUND);
    }

    static Process fork(String bootstrapServers, Topics topics, Path folder, String member) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx512m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        SchedulerProcess.class.getName(),
                        bootstrapServers,
                        topics.cell(),
                        folder.toString(),
                        member)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(new File(folder.toFile(), "scheduler.log")))
                .start();
    }
}
