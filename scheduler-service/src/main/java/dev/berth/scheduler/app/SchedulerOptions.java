package dev.berth.scheduler.app;

import dev.berth.log.LogClients;
import dev.berth.schemas.wire.Topics;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.file.Path;
import java.time.Duration;

/**
 * What the scheduler service needs.
 *
 * @param member stable name of this process among the writers of the cell; a second one waits to take over
 * @param stateFolder of this process alone; must survive a restart
 * @param admission passes if log and ledger belong together, throws a reason to refuse to start otherwise (P10)
 * @param startBound how long the brokers may take to answer at start
 */
public record SchedulerOptions(
        LogClients clients,
        Topics topics,
        String member,
        Path stateFolder,
        Runnable admission,
        MeterRegistry registry,
        Duration startBound) {
    public static final Duration START_BOUND = Duration.ofSeconds(60);
}
