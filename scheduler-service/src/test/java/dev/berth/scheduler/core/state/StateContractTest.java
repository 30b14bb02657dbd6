package dev.berth.scheduler.core.state;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.schemas.config.TenantConfig;
import dev.berth.schemas.event.OperationAccepted;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.OperationId;
import dev.berth.schemas.id.ShardCount;
import dev.berth.schemas.id.TenantId;
import dev.berth.schemas.model.NodeRegistration;
import dev.berth.schemas.model.OperationKind;
import dev.berth.schemas.model.OperationStage;
import dev.berth.schemas.model.PlacementPolicy;
import dev.berth.schemas.model.ShardSchedulingPolicy;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What every state does with single aggregates, be it the one in memory or the changes of one decision over it. */
class StateContractTest {
    private static final TenantId TENANT = new TenantId(1, 1);
    private static final NodeId NODE = NodeId.of(1);
    private static final OperationId OPERATION = new OperationId(5);

    enum Kind {
        HEAP(HeapControllerState::new),
        OVERLAY(() -> new OverlayState(new HeapControllerState())),
        OVERLAY_OF_OVERLAY(() -> new OverlayState(new OverlayState(new HeapControllerState())));

        private final Supplier<ControllerState> create;

        Kind(Supplier<ControllerState> create) {
            this.create = create;
        }
    }

    private static Tenant tenant() {
        return new Tenant(
                TENANT,
                3,
                ShardCount.UNSHARDED,
                2048,
                null,
                PlacementPolicy.attached(0),
                ShardSchedulingPolicy.ACTIVE,
                TenantConfig.EMPTY,
                "a",
                List.of(Shard.fresh(0, null).withIntent(NODE, List.of())),
                0,
                List.of(),
                0,
                null,
                null,
                null,
                null);
    }

    private static Node node() {
        return Node.registered(new NodeRegistration(NODE, "pg", 6400, "ps", 9898, null, null, null, "a"));
    }

    private static Operation operation() {
        return new Operation(
                OPERATION,
                OperationKind.TENANT_DELETE,
                TENANT,
                null,
                null,
                OperationStage.ACCEPTED,
                null,
                0,
                0,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null);
    }

    @ParameterizedTest
    @EnumSource
    void returnsWhatWasPutLast(Kind kind) {
        ControllerState state = kind.create.get();

        state.put(tenant());
        state.put(tenant().withDeleting(OPERATION));
        state.put(node());
        state.put(operation());
        state.put(Cell.NONE.withProberEpoch(4));

        assertThat(state.tenant(TENANT)).isEqualTo(tenant().withDeleting(OPERATION));
        assertThat(state.node(NODE)).isEqualTo(node());
        assertThat(state.operation(OPERATION)).isEqualTo(operation());
        assertThat(state.cell().proberEpoch()).isEqualTo(4);
    }

    @ParameterizedTest
    @EnumSource
    void forgetsWhatWasRemoved(Kind kind) {
        ControllerState state = kind.create.get();
        state.put(tenant());
        state.put(node());
        state.put(operation());

        state.removeTenant(TENANT);
        state.removeNode(NODE);
        state.removeOperation(OPERATION);

        assertThat(state.tenant(TENANT)).isNull();
        assertThat(state.node(NODE)).isNull();
        assertThat(state.operation(OPERATION)).isNull();
    }

    @ParameterizedTest
    @EnumSource
    void changesReachTheBaseOnlyWhenMerged(Kind kind) {
        ControllerState base = kind.create.get();
        base.put(node());
        OverlayState changes = new OverlayState(base);
        changes.put(tenant());
        changes.removeNode(NODE);
        assertThat(base.tenant(TENANT)).isNull();
        assertThat(base.node(NODE)).isNotNull();

        changes.mergeInto(base);

        assertThat(base.tenant(TENANT)).isEqualTo(tenant());
        assertThat(base.node(NODE)).isNull();
    }

    @ParameterizedTest
    @EnumSource(names = "HEAP")
    void indicesFollowEveryChange(Kind kind) {
        ControllerState state = kind.create.get();
        state.put(tenant());
        state.put(operation());
        assertThat(state.shardsOn(NODE)).containsExactly(tenant().shardId(0));
        assertThat(state.operationsOf(TENANT)).containsExactly(OPERATION);
        assertThat(state.totals().shards()).isEqualTo(1);

        state.removeTenant(TENANT);
        state.removeOperation(OPERATION);

        assertThat(state.shardsOn(NODE)).isEmpty();
        assertThat(state.operationsOf(TENANT)).isEmpty();
        assertThat(state.totals().shards()).isZero();
    }

    private static Operation ofNode(long id) {
        return Operation.accepted(
                new OperationAccepted(new OperationId(id), OperationKind.TENANT_DELETE, null, null, null, 0, NODE));
    }

    @ParameterizedTest
    @EnumSource
    void anOperationOfANodeIsFoundByIt(Kind kind) {
        ControllerState state = kind.create.get();
        state.put(ofNode(5));
        assertThat(state.operationOf(NODE)).isEqualTo(new OperationId(5));

        state.put(ofNode(5).withRun("run", 1));
        assertThat(state.operationOf(NODE)).isEqualTo(new OperationId(5));

        state.removeOperation(new OperationId(5));
        assertThat(state.operationOf(NODE)).isNull();
    }

    @ParameterizedTest
    @EnumSource
    void theNextOperationOfANodeMayBeginWithTheCommandThatEndsTheOneBefore(Kind kind) {
        ControllerState base = kind.create.get();
        base.put(ofNode(5));
        OverlayState changes = new OverlayState(base);

        changes.removeOperation(new OperationId(5));
        assertThat(changes.operationOf(NODE)).isNull();
        changes.put(ofNode(6));
        assertThat(changes.operationOf(NODE)).isEqualTo(new OperationId(6));
        changes.mergeInto(base);

        assertThat(base.operationOf(NODE)).isEqualTo(new OperationId(6));
    }
}
