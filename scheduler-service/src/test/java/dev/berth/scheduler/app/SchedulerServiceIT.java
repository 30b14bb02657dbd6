package dev.berth.scheduler.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.berth.log.CommandLog;
import dev.berth.log.TestBroker;
import dev.berth.log.TopicSetup;
import dev.berth.scheduler.core.state.HeapControllerState;
import dev.berth.schemas.command.Command;
import dev.berth.schemas.command.CreateCell;
import dev.berth.schemas.command.CreateTenant;
import dev.berth.schemas.command.SetTenantConfig;
import dev.berth.schemas.config.TenantConfig;
import dev.berth.schemas.id.CommandId;
import dev.berth.schemas.id.Generation;
import dev.berth.schemas.id.ShardCount;
import dev.berth.schemas.id.TenantId;
import dev.berth.schemas.model.PlacementPolicy;
import dev.berth.schemas.reply.Outcome;
import dev.berth.schemas.wire.CommandEnvelope;
import dev.berth.schemas.wire.Topics;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SchedulerServiceIT {
    private static final Duration BOUND = Duration.ofSeconds(90);

    /** How far the load may run ahead of a writer that is dead or slow: the rest must be decided within the bound. */
    private static final int AHEAD_MAX = 1_000;

    private static final AtomicInteger CELLS = new AtomicInteger();

    @TempDir
    static Path folder;

    private static TestBroker broker;
    private Topics topics;
    private Path stateFolder;
    private CommandLog commands;
    private FoldedLog folded;

    @BeforeAll
    static void startBroker() throws Exception {
        broker = new TestBroker(folder);
    }

    @AfterAll
    static void stopBroker() {
        broker.close();
    }

    @BeforeEach
    void newCell() throws Exception {
        topics = new Topics("cell" + CELLS.incrementAndGet());
        stateFolder = Files.createDirectories(folder.resolve(topics.cell()));
        TopicSetup.ensure(broker.clients(), topics, BOUND);
        commands = new CommandLog(broker.clients(), topics, "test");
        folded = new FoldedLog(broker.clients(), topics);
        append("cell", new CreateCell(topics.cell(), 7));
    }

    @AfterEach
    void close() {
        folded.close();
        commands.close();
    }

    @Test
    void refusalOfTheAdmissionKeepsItFromStarting() {
        SchedulerOptions options = new SchedulerOptions(
                broker.clients(),
                topics,
                "scheduler",
                stateFolder,
                () -> {
                    throw new IllegalStateException("incarnation differs");
                },
                new SimpleMeterRegistry(),
                BOUND);

        assertThatThrownBy(() -> SchedulerService.start(options)).hasMessage("incarnation differs");
    }

    @Test
    void stateSurvivesARestart() throws Exception {
        try (SchedulerService service = start()) {
            append("a", tenant(1));
            awaitOutcome("a");
            assertThat(service.ready()).isTrue();
            assertThat(service.health().status()).isEqualTo(SchedulerHealth.Status.RUNNING);
        }
        try (SchedulerService service = start()) {
            append("b", new SetTenantConfig(new TenantId(1, 1), config(1)));
            append("a", tenant(2));
            awaitOutcome("b");
            await().atMost(BOUND)
                    .until(() -> folded.outcomes.get(new CommandId("a")).size() == 2);
        }
        assertThat(folded.outcomes.get(new CommandId("b")).getFirst()).isInstanceOf(Outcome.Accepted.class);
        assertThat(folded.state.tenants()).hasSize(1);
        assertStoreEqualsFoldedEvents();
    }

    @Test
    void closesWithoutWaitingForAnything() throws Exception {
        SchedulerService service = start();
        append("a", tenant(1));
        awaitOutcome("a");

        CompletableFuture.runAsync(
                        service::close, runnable -> Thread.ofPlatform().start(runnable))
                .get(BOUND.toSeconds(), TimeUnit.SECONDS);

        assertThat(service.health().status()).isEqualTo(SchedulerHealth.Status.CLOSED);
    }

    @Test
    void garbageInTheLogStopsNothing() throws Exception {
        try (SchedulerService service = start();
                Producer<byte[], byte[]> producer = broker.clients().producer("garbage")) {
            for (String text : new String[] {"", "{", "null", "{\"id\":\"x\"}"}) {
                producer.send(new ProducerRecord<>(topics.commands(), 0, null, text.getBytes(StandardCharsets.UTF_8)))
                        .get();
            }
            producer.send(new ProducerRecord<>(topics.commands(), 0, null, null))
                    .get();
            append("a", tenant(1));
            awaitOutcome("a");
        }
    }

    @Test
    void decidingGoesOnAfterAnOutageOfTheBroker() throws Exception {
        try (SchedulerService service = start()) {
            append("a", tenant(1));
            awaitOutcome("a");
            broker.stop();
            try {
                // Longer than a transaction may last and a session of the group may be silent.
                await().atMost(BOUND).pollDelay(Duration.ofSeconds(15)).until(() -> true);
            } finally {
                broker.start();
            }
            await().atMost(BOUND).ignoreExceptions().until(() -> append("b", tenant(2)) > 0);

            awaitOutcome("b");
            await().atMost(BOUND).until(service::ready);
        }
        assertStoreEqualsFoldedEvents();
    }

    @Test
    void nothingIsLostOrDoneTwiceWhenTheWriterIsKilledUnderLoad() throws Exception {
        Map<CommandId, Long> acknowledged = new ConcurrentHashMap<>();
        AtomicBoolean stop = new AtomicBoolean();
        Process writer = SchedulerProcess.fork(broker.bootstrapServers(), topics, stateFolder, "scheduler");
        Thread load = Thread.ofPlatform().start(() -> load(acknowledged, stop));
        try {
            for (int kill = 0; kill < 3; kill++) {
                awaitMoreOutcomes();
                writer.destroyForcibly().waitFor();
                writer = SchedulerProcess.fork(broker.bootstrapServers(), topics, stateFolder, "scheduler");
            }
            awaitMoreOutcomes();
            stop.set(true);
            load.join();
            await().atMost(BOUND).until(() -> folded.outcomes.keySet().containsAll(acknowledged.keySet()));
        } finally {
            stop.set(true);
            writer.destroyForcibly().waitFor();
        }

        assertThat(folded.error).isNull();
        assertThat(folded.positions).isSorted().doesNotHaveDuplicates();
        assertThat(acknowledged.keySet())
                .allSatisfy(id ->
                        assertThat(folded.outcomes.get(id)).singleElement().isInstanceOf(Outcome.Accepted.class));
        assertStoreEqualsFoldedEvents();
    }

    @Test
    void aWriterThatWokeUpTooLateIsShutOutByItsSuccessor() throws Exception {
        Map<CommandId, Long> acknowledged = new ConcurrentHashMap<>();
        AtomicBoolean stop = new AtomicBoolean();
        Path elsewhere = Files.createDirectories(folder.resolve(topics.cell() + "-elsewhere"));
        Process asleep = SchedulerProcess.fork(broker.bootstrapServers(), topics, stateFolder, "first");
        Process successor = null;
        Thread load = Thread.ofPlatform().start(() -> load(acknowledged, stop));
        try {
            awaitMoreOutcomes();
            signal("-STOP", asleep);
            successor = SchedulerProcess.fork(broker.bootstrapServers(), topics, elsewhere, "second");
            awaitMoreOutcomes();
            signal("-CONT", asleep);
            awaitMoreOutcomes();
            assertThat(asleep.isAlive()).isTrue();
            stop.set(true);
            load.join();
            await().atMost(BOUND).until(() -> folded.outcomes.keySet().containsAll(acknowledged.keySet()));
        } finally {
            stop.set(true);
            asleep.destroyForcibly().waitFor();
            if (successor != null) {
                successor.destroyForcibly().waitFor();
            }
        }

        assertThat(folded.error).isNull();
        assertThat(folded.positions).isSorted().doesNotHaveDuplicates();
        assertStoreEqualsFoldedEvents();
    }

    private void awaitMoreOutcomes() {
        int decided = folded.outcomes.size();
        await().atMost(BOUND).until(() -> folded.outcomes.size() > decided + 300);
    }

    private static void signal(String signal, Process process) throws Exception {
        assertThat(new ProcessBuilder("kill", signal, Long.toString(process.pid()))
                        .start()
                        .waitFor())
                .isZero();
    }

    private void load(Map<CommandId, Long> acknowledged, AtomicBoolean stop) {
        for (int i = 1; !stop.get(); i++) {
            TenantId tenant = new TenantId(1, i / 2);
            Command command = i % 2 == 0 ? tenant(i / 2) : new SetTenantConfig(tenant, config(i));
            CommandId id = new CommandId("load-" + i);
            if (i == 1) {
                continue;
            }
            if (acknowledged.size() - folded.outcomes.size() > AHEAD_MAX) {
                await().atMost(BOUND)
                        .until(() -> stop.get() || acknowledged.size() - folded.outcomes.size() <= AHEAD_MAX);
            }
            commands.append(new CommandEnvelope(id, 0, "test", command))
                    .thenAccept(position -> acknowledged.put(id, position))
                    .orTimeout(10, TimeUnit.SECONDS)
                    .join();
        }
    }

    private void assertStoreEqualsFoldedEvents() {
        await().atMost(BOUND).untilAsserted(() -> {
            folded.catchUp();
            HeapControllerState stored = folded.stored();
            assertThat(stored.cell()).isEqualTo(folded.state.cell());
            assertThat(stored.tenants()).isEqualTo(folded.state.tenants());
            assertThat(stored.nodes()).isEqualTo(folded.state.nodes());
            assertThat(stored.operations()).isEqualTo(folded.state.operations());
            assertThat(stored.automaticSplits()).isEqualTo(folded.state.automaticSplits());
        });
    }

    private SchedulerService start() {
        return SchedulerService.start(
                SchedulerProcess.options(broker.bootstrapServers(), topics, stateFolder, "scheduler"));
    }

    private void awaitOutcome(String id) {
        await().atMost(BOUND).until(() -> folded.outcomes.containsKey(new CommandId(id)));
    }

    private long append(String id, Command command) throws Exception {
        return commands.append(new CommandEnvelope(new CommandId(id), 0, "test", command))
                .get(10, TimeUnit.SECONDS);
    }

    private static CreateTenant tenant(long number) {
        return new CreateTenant(
                new TenantId(1, number),
                ShardCount.UNSHARDED,
                32768,
                new Generation(1),
                PlacementPolicy.attached(0),
                TenantConfig.EMPTY);
    }

    private static TenantConfig config(long seconds) {
        return TenantConfig.EMPTY.patch(JsonNodeFactory.instance.objectNode().put("gc_period", seconds + "s"));
    }
}
