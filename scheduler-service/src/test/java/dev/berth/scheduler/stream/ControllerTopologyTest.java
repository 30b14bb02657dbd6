package dev.berth.scheduler.stream;

import static dev.berth.scheduler.stream.StreamFixture.START_MS;
import static dev.berth.scheduler.stream.StreamFixture.TOPICS;
import static dev.berth.scheduler.stream.StreamFixture.tenant;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.berth.scheduler.core.decide.Decision;
import dev.berth.scheduler.core.invariant.ControllerInvariants.Violation;
import dev.berth.scheduler.core.state.HeapControllerState;
import dev.berth.scheduler.core.state.InvariantViolation;
import dev.berth.scheduler.core.state.Shard;
import dev.berth.scheduler.core.state.Tenant;
import dev.berth.schemas.command.Continue;
import dev.berth.schemas.command.CreateCell;
import dev.berth.schemas.command.CreateTenant;
import dev.berth.schemas.command.ReportShardSizes;
import dev.berth.schemas.command.RequestQuiescence;
import dev.berth.schemas.command.SetTenantConfig;
import dev.berth.schemas.command.ShardSize;
import dev.berth.schemas.command.Sweep;
import dev.berth.schemas.command.Tick;
import dev.berth.schemas.config.TenantConfig;
import dev.berth.schemas.event.CellCreated;
import dev.berth.schemas.event.ProberEpochSeen;
import dev.berth.schemas.event.TenantCreated;
import dev.berth.schemas.event.TenantFrozen;
import dev.berth.schemas.event.TenantRemoved;
import dev.berth.schemas.id.CommandId;
import dev.berth.schemas.id.ShardCount;
import dev.berth.schemas.id.TenantId;
import dev.berth.schemas.id.TenantShardId;
import dev.berth.schemas.model.AutomaticSplitSettings;
import dev.berth.schemas.model.AutomaticSplitSettings.Mode;
import dev.berth.schemas.model.PlacementPolicy;
import dev.berth.schemas.model.ShardSchedulingPolicy;
import dev.berth.schemas.reply.Outcome;
import dev.berth.schemas.reply.RejectionReason;
import dev.berth.schemas.reply.Reply;
import dev.berth.schemas.wire.DeadLetter;
import dev.berth.schemas.wire.EventRecord;
import dev.berth.schemas.wire.MessageCodec;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The rules of the log: P11, P12, P13 and what the store keeps. */
class ControllerTopologyTest {
    private static final TenantId FIRST = new TenantId(1, 1);

    @TempDir
    Path folder;

    private StreamFixture stream;

    @BeforeEach
    void startWithACell() {
        stream = StreamFixture.withCell(folder);
    }

    @AfterEach
    void close() {
        stream.close();
    }

    @Test
    void everyCommandLeavesOneRecordWithItsOutcomeAndEvents() {
        stream.send("a", tenant(1), 0, START_MS + 5);

        EventRecord record = only(stream.events());
        assertThat(record.position()).isEqualTo(1);
        assertThat(record.nowMs()).isEqualTo(START_MS + 5);
        assertThat(record.id()).isEqualTo(new CommandId("a"));
        assertThat(record.command()).isEqualTo("CreateTenant");
        assertThat(record.outcome()).isInstanceOf(Outcome.Accepted.class);
        assertThat(record.events()).hasAtLeastOneElementOfType(TenantCreated.class);
    }

    @Test
    void refusalIsAnOutcomeToo() {
        stream.send("a", new SetTenantConfig(FIRST, TenantConfig.EMPTY));

        assertThat(reason(only(stream.events()))).isEqualTo(RejectionReason.TENANT_NOT_FOUND);
        assertThat(stream.records(TOPICS.deadLetters())).isEmpty();
    }

    @Test
    void stateTimeNeverGoesBack() {
        stream.send("a", new RequestQuiescence(), 0, START_MS + 100);
        stream.send("b", new RequestQuiescence(), 0, START_MS + 50);

        assertThat(stream.events()).extracting(EventRecord::nowMs).containsExactly(START_MS + 100, START_MS + 100);
        assertThat(stream.restored().cell().nowMs()).isEqualTo(START_MS + 100);
    }

    @Test
    void repeatedCommandGetsTheStoredOutcomeAndIsNotDecidedAgain() {
        stream.send("a", tenant(1));
        stream.send("a", tenant(2));

        List<EventRecord> records = stream.events();
        assertThat(records.get(1).position()).isEqualTo(2);
        assertThat(records.get(1).outcome()).isEqualTo(records.get(0).outcome());
        assertThat(records.get(1).events()).isEmpty();
        assertThat(stream.core.decided).hasSize(1);
    }

    @Test
    void repeatedRefusalStaysARefusal() {
        stream.send("a", new SetTenantConfig(FIRST, TenantConfig.EMPTY));
        stream.send("b", tenant(1));
        stream.send("a", new SetTenantConfig(FIRST, TenantConfig.EMPTY));

        assertThat(reason(stream.events().getLast())).isEqualTo(RejectionReason.TENANT_NOT_FOUND);
    }

    @Test
    void commandDecidedAfterItsDeadlineIsNotDone() {
        stream.send("a", tenant(1), START_MS + 10, START_MS + 11);

        assertThat(reason(only(stream.events()))).isEqualTo(RejectionReason.EXPIRED);
        assertThat(stream.core.decided).isEmpty();
    }

    @Test
    void commandDecidedAtItsDeadlineIsDone() {
        stream.send("a", tenant(1), START_MS + 10, START_MS + 10);

        assertThat(only(stream.events()).outcome()).isInstanceOf(Outcome.Accepted.class);
    }

    @Test
    void repeatAfterTheDeadlineSaysWhatTheFirstCameTo() {
        stream.send("a", tenant(1), START_MS + 10, START_MS);
        stream.send("a", tenant(1), START_MS + 10, START_MS + 60_000);

        assertThat(stream.events().getLast().outcome()).isInstanceOf(Outcome.Accepted.class);
    }

    @Test
    void outcomeIsForgottenAfterTenMinutes() {
        stream.send("a", new RequestQuiescence(), 0, START_MS);
        stream.send("b", new RequestQuiescence(), 0, START_MS + KnownOutcomes.KEPT_MS + 1);
        stream.changelog();

        stream.send("a", new RequestQuiescence(), 0, START_MS + KnownOutcomes.KEPT_MS + 1);

        assertThat(stream.core.decided).hasSize(3);
    }

    @Test
    void forgottenOutcomesLeaveTheChangelog() {
        stream.send("a", new RequestQuiescence(), 0, START_MS);
        stream.changelog();

        stream.send("b", new RequestQuiescence(), 0, START_MS + KnownOutcomes.KEPT_MS + 1);

        assertThat(stream.changelog()).anySatisfy(entry -> {
            assertThat(entry.key()).isEqualTo(StateCodec.key(new CommandId("a")));
            assertThat(entry.value()).isNull();
        });
    }

    @Test
    void bytesThatAreNoCommandAreADeadLetterAndTheLogMovesOn() {
        stream.sendBytes(
                "{\"id\":\"x\",\"command\":{\"type\":\"Unheard\"}}".getBytes(StandardCharsets.UTF_8), START_MS);
        stream.send("b", tenant(1));

        List<EventRecord> records = stream.events();
        assertThat(records.get(0).id()).isEqualTo(new CommandId("x"));
        assertThat(reason(records.get(0))).isEqualTo(RejectionReason.INTERNAL);
        assertThat(records.get(1).outcome()).isInstanceOf(Outcome.Accepted.class);
        DeadLetter letter = deadLetter();
        assertThat(letter.position()).isEqualTo(1);
        assertThat(letter.payload()).contains("Unheard");
    }

    @Test
    void garbageIsADeadLetterToo() {
        stream.sendBytes(new byte[] {0, 1, 2}, START_MS);
        stream.sendBytes(new byte[0], START_MS);
        stream.sendBytes("null".getBytes(StandardCharsets.UTF_8), START_MS);
        stream.sendBytes("{}".getBytes(StandardCharsets.UTF_8), START_MS);

        assertThat(stream.events()).extracting(ControllerTopologyTest::reason).containsOnly(RejectionReason.INTERNAL);
        assertThat(stream.records(TOPICS.deadLetters())).hasSize(4);
    }

    @Test
    void failureWhileDecidingIsADeadLetterAndChangesNothing() {
        stream.core.decide = command -> {
            if (command instanceof CreateTenant) {
                throw new IllegalStateException("a bug");
            }
            return null;
        };
        stream.send("a", tenant(1));
        stream.send("b", new RequestQuiescence());

        List<EventRecord> records = stream.events();
        assertThat(reason(records.get(0))).isEqualTo(RejectionReason.INTERNAL);
        assertThat(records.get(1).outcome()).isInstanceOf(Outcome.Accepted.class);
        assertThat(deadLetter().reason()).contains("a bug");
    }

    @Test
    void failureInTheMiddleOfFoldingDropsAllOfTheCommand() {
        stream.core.decide = command -> command instanceof CreateTenant
                ? new Decision.Accepted(
                        List.of(new ProberEpochSeen(99), new ProberEpochSeen(100)), new Reply.Done(), List.of())
                : null;
        stream.core.beforeEvolve = (state, event) -> {
            if (event.equals(new ProberEpochSeen(100))) {
                throw new IllegalStateException("does not follow");
            }
        };
        stream.send("a", tenant(1));
        stream.core.decide = command -> new Decision.Accepted(List.of(), new Reply.Done(), List.of());
        stream.send("b", tenant(2));

        assertThat(stream.events().getFirst().events()).isEmpty();
        assertThat(stream.restored().cell().proberEpoch()).isZero();
    }

    @Test
    void violatedInvariantFreezesItsTenantAndNothingElse() {
        stream.send("a", tenant(1));
        stream.events();
        stream.core.violations = tenant -> List.of(new Violation("numbersAddUp", "they do not"));

        stream.send("b", new SetTenantConfig(FIRST, config()));
        stream.core.violations = null;
        stream.send("c", tenant(2));

        List<EventRecord> records = stream.events();
        assertThat(reason(records.get(0))).isEqualTo(RejectionReason.INTERNAL);
        assertThat(records.get(0).events()).singleElement().isInstanceOf(TenantFrozen.class);
        assertThat(records.get(1).outcome()).isInstanceOf(Outcome.Accepted.class);
        HeapControllerState state = stream.restored();
        assertThat(tenantOf(state, 1).frozen()).contains("numbersAddUp");
        assertThat(tenantOf(state, 1).config()).isEqualTo(TenantConfig.EMPTY);
        assertThat(tenantOf(state, 2).frozen()).isNull();
    }

    @Test
    void violationThrownByTheCoreFreezesToo() {
        stream.send("a", tenant(1));
        stream.core.decide = command -> {
            throw new InvariantViolation(FIRST, "generations never go back");
        };
        stream.send("b", new SetTenantConfig(FIRST, config()));

        assertThat(tenantOf(stream.restored(), 1).frozen()).contains("generations never go back");
    }

    @Test
    void eventsThatNoTopicWouldTakeAreADeadLetter() {
        List<dev.berth.schemas.event.Event> many = Collections.nCopies(200_000, new ProberEpochSeen(1));
        stream.core.decide = command -> new Decision.Accepted(many, new Reply.Done(), List.of());

        stream.send("a", tenant(1));

        assertThat(reason(only(stream.events()))).isEqualTo(RejectionReason.INTERNAL);
        assertThat(deadLetter().reason()).contains("events would take a record of");
    }

    @Test
    void followUpsAreAppendedAndDecidedAfterTheirOrigin() {
        Continue followUp = new Continue(new Sweep.PlaceUnscheduled(null));
        stream.core.decide = command -> new Decision.Accepted(
                List.of(), new Reply.Done(), command instanceof CreateTenant ? List.of(followUp) : List.of());

        stream.send("a", tenant(1));

        assertThat(stream.core.decided).containsExactly(tenant(1), followUp);
        assertThat(stream.events()).extracting(EventRecord::command).containsExactly("CreateTenant", "Continue");
    }

    @Test
    void removedTenantLeavesTheMappingsToo() {
        stream.send("a", tenant(1));
        stream.core.decide =
                command -> new Decision.Accepted(List.of(new TenantRemoved(FIRST)), new Reply.Done(), List.of());

        stream.send("b", new SetTenantConfig(FIRST, config()));

        assertThat(stream.records(TOPICS.mappings())).singleElement().satisfies(record -> {
            assertThat(new String(record.key(), StandardCharsets.UTF_8)).isEqualTo(FIRST.toString());
            assertThat(record.value()).isNull();
        });
        assertThat(stream.restored().tenants()).isEmpty();
    }

    @Test
    void tickIsAppendedWhenSomethingIsDueAndOneAtATime() {
        stream.core.nextTickAt = START_MS + 1_000;
        stream.passTime(Duration.ofMillis(900));
        assertThat(stream.core.decided).isEmpty();

        stream.passTime(Duration.ofMillis(200));

        assertThat(stream.core.decided).isNotEmpty().allMatch(Tick.class::isInstance);
        assertThat(MessageCodec.decodeCommand(
                                stream.records(TOPICS.commands()).getFirst().value())
                        .command())
                .isEqualTo(new Tick());
    }

    @Test
    void quietCellTakesNoTicks() {
        stream.passTime(Duration.ofMinutes(5));

        assertThat(stream.core.decided).isEmpty();
    }

    @Test
    void openCellTakesATickNowAndThen() {
        stream.send("a", tenant(1));
        stream.core.decided.clear();

        stream.passTime(Duration.ofMillis(TickTimer.OPEN_EVERY_MS));

        assertThat(stream.core.decided).containsExactly(new Tick());
    }

    @Test
    void changelogGetsOneEntryPerChangedAggregateAndOneForTheOutcome() {
        stream.changelog();
        stream.send("a", tenant(1));

        assertThat(stream.changelog())
                .extracting(entry -> new String(entry.key(), StandardCharsets.UTF_8))
                .containsExactly("t/" + FIRST, "r/a");
    }

    @Test
    void foldingTheEventsEqualsTheStore() {
        for (int i = 1; i <= 20; i++) {
            stream.send("t" + i, tenant(i));
            stream.send("c" + i, new SetTenantConfig(new TenantId(1, i), config()));
        }
        stream.send("cell again", new CreateCell("other", 8));
        AutomaticSplitSettings settings = new AutomaticSplitSettings(Mode.ADVISE, 8L, 16, null, 2, 1);
        stream.send(
                "sizes", new ReportShardSizes(1, settings, List.of(new ShardSize(new TenantShardId(FIRST, 0, 0), 9))));
        HeapControllerState folded = new HeapControllerState();
        ControllerCore core = ControllerCore.standard();
        core.evolve(folded, new CellCreated("test", 7));
        for (EventRecord record : stream.events()) {
            record.events().forEach(event -> core.evolve(folded, event));
            folded.put(folded.cell().at(record.position(), record.nowMs()));
        }

        HeapControllerState restored = stream.restored();
        assertThat(restored.cell()).isEqualTo(folded.cell());
        assertThat(restored.tenants()).isEqualTo(folded.tenants());
        assertThat(restored.nodes()).isEqualTo(folded.nodes());
        assertThat(restored.operations()).isEqualTo(folded.operations());
        assertThat(restored.automaticSplits()).isEqualTo(folded.automaticSplits());
        assertThat(restored.automaticSplits().candidates()).hasSize(1);
        assertThat(restored.tenants()).hasSize(20);
    }

    @Test
    void commandThatBreaksTheStateIsPutAsideWhenItIsMetAgain() {
        Poison poison = new Poison();
        ScriptedCore core = new ScriptedCore();
        core.decide = command -> command instanceof CreateTenant
                ? new Decision.Accepted(List.of(new ProberEpochSeen(1)), new Reply.Done(), List.of())
                : null;
        core.beforeEvolve = (state, event) -> {
            if (event instanceof ProberEpochSeen) {
                state.put(brokenTenant());
            }
        };
        core.violations = tenant -> List.of();
        try (StreamFixture first = new StreamFixture(folder.resolve("first"), core, poison)) {
            first.send("cell", new CreateCell("test", 7));
            assertThatThrownBy(() -> first.send("a", tenant(1))).isInstanceOf(RuntimeException.class);
        }
        try (StreamFixture second = new StreamFixture(folder.resolve("second"), core, poison)) {
            second.send("cell", new CreateCell("test", 7));
            second.send("a", tenant(1));
            second.send("b", new RequestQuiescence());

            List<EventRecord> records = second.events();
            assertThat(reason(records.get(1))).isEqualTo(RejectionReason.INTERNAL);
            assertThat(records.get(2).outcome()).isInstanceOf(Outcome.Accepted.class);
        }
    }

    @Test
    void outcomesAreCountedByReason() {
        stream.send("a", tenant(1));
        stream.send("b", new SetTenantConfig(new TenantId(9, 9), TenantConfig.EMPTY));

        assertThat(stream.registry
                        .get("controller.commands")
                        .tags("command", "CreateTenant", "outcome", "accepted")
                        .counter()
                        .count())
                .isEqualTo(1);
        assertThat(stream.registry
                        .get("controller.commands")
                        .tags("command", "SetTenantConfig", "reason", "TENANT_NOT_FOUND")
                        .counter()
                        .count())
                .isEqualTo(1);
    }

    private static TenantConfig config() {
        return TenantConfig.EMPTY.patch(JsonNodeFactory.instance.objectNode().put("gc_period", "1h"));
    }

    /** Its only shard is numbered past the end, which no index can take. */
    private static Tenant brokenTenant() {
        return new Tenant(
                FIRST,
                1,
                ShardCount.UNSHARDED,
                32768,
                null,
                PlacementPolicy.DETACHED,
                ShardSchedulingPolicy.ACTIVE,
                TenantConfig.EMPTY,
                null,
                List.of(Shard.fresh(5, null)),
                0,
                List.of(),
                0,
                null,
                null,
                null,
                null);
    }

    private static Tenant tenantOf(HeapControllerState state, long number) {
        return Objects.requireNonNull(state.tenant(new TenantId(1, number)));
    }

    private DeadLetter deadLetter() {
        return MessageCodec.decodeDeadLetter(
                only(stream.records(TOPICS.deadLetters())).value());
    }

    private static RejectionReason reason(EventRecord record) {
        return ((Outcome.Rejected) record.outcome()).rejection().reason();
    }

    private static <T> T only(List<T> list) {
        assertThat(list).hasSize(1);
        return list.getFirst();
    }
}
