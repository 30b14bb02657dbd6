package dev.berth.scheduler.core.evolve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.scheduler.core.state.HeapControllerState;
import dev.berth.scheduler.core.state.InvariantViolation;
import dev.berth.schemas.config.TenantConfig;
import dev.berth.schemas.event.Event;
import dev.berth.schemas.event.MappingEmitted;
import dev.berth.schemas.event.NodeSchedulingChanged;
import dev.berth.schemas.event.OperationAccepted;
import dev.berth.schemas.event.OperationBegun;
import dev.berth.schemas.event.PlacementCause;
import dev.berth.schemas.event.ShardPlaced;
import dev.berth.schemas.event.ShardTaken;
import dev.berth.schemas.event.TenantConfigChanged;
import dev.berth.schemas.event.TenantCreated;
import dev.berth.schemas.event.TenantRemoved;
import dev.berth.schemas.event.WorkDeferred;
import dev.berth.schemas.event.WorkIssued;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.OperationId;
import dev.berth.schemas.id.ShardCount;
import dev.berth.schemas.id.TenantId;
import dev.berth.schemas.id.TenantShardId;
import dev.berth.schemas.model.NodeSchedulingPolicy;
import dev.berth.schemas.model.OperationKind;
import dev.berth.schemas.model.PlacementPolicy;
import dev.berth.schemas.model.Priority;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** An event that cannot follow the state is an impossibility, not a change. */
class IllegalEventsTest {
    private static final TenantId KNOWN = new TenantId(1, 1);
    private static final TenantId UNKNOWN = new TenantId(2, 2);
    private static final TenantShardId SHARD = new TenantShardId(KNOWN, 0, 0);
    private static final NodeId NODE = NodeId.of(1);

    private final HeapControllerState state = new HeapControllerState();

    @BeforeEach
    void oneTenantWithWork() {
        ControllerEvolver.evolve(state, created());
        ControllerEvolver.evolve(state, issued(7));
        ControllerEvolver.evolve(state, new MappingEmitted(KNOWN, 3, List.of(NODE)));
    }

    private static TenantCreated created() {
        return new TenantCreated(
                KNOWN, 1, ShardCount.UNSHARDED, 2048, null, PlacementPolicy.attached(0), TenantConfig.EMPTY, null);
    }

    private static WorkIssued issued(long sequence) {
        return new WorkIssued(SHARD, sequence, 10_000, Priority.NORMAL, false, List.of());
    }

    static List<Event> illegal() {
        return List.of(
                created(),
                new TenantRemoved(UNKNOWN),
                new TenantConfigChanged(UNKNOWN, TenantConfig.EMPTY),
                new WorkDeferred(new TenantShardId(UNKNOWN, 0, 0), 1),
                new WorkDeferred(new TenantShardId(KNOWN, 0, 4), 1),
                issued(7),
                new ShardTaken(SHARD, new OperationId(1), 6, List.of()),
                new ShardPlaced(SHARD, NODE, List.of(NODE), PlacementCause.CREATED),
                new MappingEmitted(KNOWN, 3, List.of(NODE)),
                new NodeSchedulingChanged(NODE, NodeSchedulingPolicy.PAUSE),
                new OperationBegun(new OperationId(9), "run", 0));
    }

    @ParameterizedTest
    @MethodSource("illegal")
    void throwsAndChangesNothing(Event event) {
        var before = state.tenant(KNOWN);

        assertThatThrownBy(() -> ControllerEvolver.evolve(state, event)).isInstanceOf(InvariantViolation.class);

        assertThat(state.tenant(KNOWN)).isEqualTo(before);
    }

    @Test
    void whatIsLegalFolds() {
        ControllerEvolver.evolve(state, issued(8));

        assertThat(state.tenant(KNOWN).shard(SHARD).sequence()).isEqualTo(8);
    }

    @Test
    void aNodeIsNotGivenASecondOperation() {
        ControllerEvolver.evolve(state, ofNode(8));

        assertThatThrownBy(() -> ControllerEvolver.evolve(state, ofNode(9)))
                .isInstanceOf(InvariantViolation.class)
                .hasMessageContaining("node 1 has operation 8");
    }

    private static OperationAccepted ofNode(long id) {
        return new OperationAccepted(new OperationId(id), OperationKind.TENANT_DELETE, null, null, null, 0, NODE);
    }
}
