package dev.berth.scheduler.core.decide;

import static dev.berth.scheduler.core.decide.Scenario.SHARD;
import static dev.berth.scheduler.core.decide.Scenario.TENANT;
import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.schemas.command.ListedLocation;
import dev.berth.schemas.command.ReportNodeListing;
import dev.berth.schemas.command.ReportShards;
import dev.berth.schemas.command.SetTenantPolicy;
import dev.berth.schemas.command.Tick;
import dev.berth.schemas.config.LocationMode;
import dev.berth.schemas.event.LocationsObserved;
import dev.berth.schemas.event.NodeListingEnded;
import dev.berth.schemas.event.NodeListingRequested;
import dev.berth.schemas.event.StrayLocationsFound;
import dev.berth.schemas.event.WorkIssued;
import dev.berth.schemas.id.Generation;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.TenantId;
import dev.berth.schemas.id.TenantShardId;
import dev.berth.schemas.model.ObservedLocation;
import dev.berth.schemas.model.PlacementPolicy;
import dev.berth.schemas.model.WorkStep;
import dev.berth.schemas.task.ShardReport;
import dev.berth.schemas.task.StrayLocationsTask;
import dev.berth.schemas.task.WorkError;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class ListingDecisionsTest {
    private final Scenario scenario = Scenario.withNodes(2).tenantAttached(1);
    private final NodeId attached = Objects.requireNonNull(scenario.shard().attached());
    private final NodeId secondary = scenario.shard().secondaries().getFirst();

    private long audit(NodeId node) {
        scenario.after(Limits.AUDIT_EVERY_MS).when(new Tick());
        return scenario.eventsOf(NodeListingRequested.class).stream()
                .filter(requested -> requested.node().equals(node))
                .findFirst()
                .orElseThrow()
                .listing();
    }

    private static ReportNodeListing listing(NodeId node, long number, ListedLocation... entries) {
        return new ReportNodeListing(node, number, null, List.of(entries), true, false, null);
    }

    @Test
    void auditMakesALostSecondaryAgain() {
        scenario.when(listing(secondary, audit(secondary)));

        assertThat(scenario.onlyEvent(WorkIssued.class).steps())
                .extracting(WorkStep::action)
                .containsExactly(WorkStep.Action.SECONDARY);
    }

    @Test
    void auditTakesAwayWhatNobodyWants() {
        scenario.when(new SetTenantPolicy(TENANT, PlacementPolicy.attached(0), null))
                .workSucceeds();

        scenario.when(listing(
                secondary,
                audit(secondary),
                new ListedLocation(SHARD, LocationMode.ATTACHED_SINGLE, new Generation(1), 0)));

        assertThat(scenario.onlyEvent(WorkIssued.class).steps())
                .extracting(WorkStep::action)
                .containsExactly(WorkStep.Action.DETACH);
    }

    @Test
    void unchangedNodeIsNotCompared() {
        long number = audit(attached);

        scenario.when(new ReportNodeListing(attached, number, null, List.of(), true, true, null));

        assertThat(scenario.eventsOf(LocationsObserved.class)).isEmpty();
        assertThat(scenario.node(attached.value()).listing()).isZero();
    }

    @Test
    void locationUnderWorkIsLeftUnknown() {
        long number = audit(secondary);
        scenario.when(new SetTenantPolicy(TENANT, PlacementPolicy.attached(0), null));

        scenario.when(listing(secondary, number, new ListedLocation(SHARD, LocationMode.SECONDARY, null, 0)));

        assertThat(scenario.eventsOf(LocationsObserved.class)).isEmpty();
        assertThat(scenario.shard().observedOn(secondary).isKnown()).isFalse();
    }

    @Test
    void listingOlderThanWorkRaisesDoubtOnly() {
        long number = audit(secondary);
        scenario.when(new SetTenantPolicy(TENANT, PlacementPolicy.attached(0), null))
                .workSucceeds();
        assertThat(scenario.shard().observedOn(secondary)).isNull();

        scenario.when(listing(secondary, number, new ListedLocation(SHARD, LocationMode.SECONDARY, null, 0)));

        assertThat(scenario.onlyEvent(LocationsObserved.class).present())
                .containsExactly(ObservedLocation.unknown(secondary, 0));
        assertThat(scenario.onlyEvent(WorkIssued.class)
                        .steps()
                        .getFirst()
                        .known()
                        .isKnown())
                .isFalse();
    }

    @Test
    void locationThatAnOldRequestMayChangeIsNotBelieved() {
        scenario.when(new SetTenantPolicy(TENANT, PlacementPolicy.attached(0), null));
        long settles = scenario.now() + 2 * Limits.AUDIT_EVERY_MS;
        scenario.when(new ReportShards(
                "w",
                List.of(new ShardReport(
                        SHARD,
                        scenario.shard().sequence(),
                        List.of(ObservedLocation.unknown(secondary, settles)),
                        List.of(),
                        null,
                        true,
                        new WorkError(WorkError.Kind.RETRYABLE, "no answer")))));

        scenario.when(listing(secondary, audit(secondary)));

        assertThat(scenario.shard().observedOn(secondary)).isEqualTo(ObservedLocation.unknown(secondary, settles));
        assertThat(scenario.eventsOf(WorkIssued.class)).isEmpty();
    }

    @Test
    void slicesAreComparedWithinTheirRange() {
        long number = audit(secondary);
        TenantShardId before = new TenantShardId(new TenantId(1, 1), 0, 0);
        ListedLocation stray = new ListedLocation(before, LocationMode.SECONDARY, null, 0);

        scenario.when(new ReportNodeListing(secondary, number, null, List.of(stray), false, false, null));
        assertThat(scenario.eventsOf(LocationsObserved.class)).isEmpty();
        assertThat(scenario.node(secondary.value()).listing()).isEqualTo(number);

        scenario.when(new ReportNodeListing(secondary, number, before, List.of(), true, false, null));
        assertThat(scenario.onlyEvent(StrayLocationsFound.class).shards()).containsExactly(before);
        assertThat(scenario.onlyEvent(LocationsObserved.class).absent()).containsExactly(secondary);
    }

    @Test
    void tooManyStraysAreLeftToAnOperator() {
        List<ListedLocation> strays = new ArrayList<>();
        for (int i = 1; i <= 101; i++) {
            strays.add(
                    new ListedLocation(new TenantShardId(new TenantId(1, i), 0, 0), LocationMode.SECONDARY, null, 0));
        }

        scenario.when(listing(secondary, audit(secondary), strays.toArray(ListedLocation[]::new)));

        assertThat(scenario.node(secondary.value()).strays()).hasSize(101);
        assertThat(scenario.work().work()).noneMatch(routed -> routed.item() instanceof StrayLocationsTask);
    }

    @Test
    void listingThatIsNotAnsweredIsGivenUp() {
        audit(attached);

        scenario.after(Limits.LISTING_MS).when(new Tick());

        assertThat(scenario.eventsOf(NodeListingEnded.class)).hasSize(2);
        assertThat(scenario.node(attached.value()).isAvailable()).isTrue();
    }
}
