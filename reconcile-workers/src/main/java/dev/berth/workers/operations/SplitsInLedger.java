package dev.berth.workers.operations;

import dev.berth.ledger.Ledger;
import dev.berth.ledger.ShardRow;
import dev.berth.ledger.SplitRequest;
import dev.berth.ledger.SplitResult;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.OperationId;
import dev.berth.schemas.id.TenantId;
import dev.berth.schemas.model.ObservedLocation;
import dev.berth.schemas.model.SplitChild;
import dev.berth.schemas.model.SplitStanding;
import dev.berth.schemas.model.SplitState;
import dev.berth.workflows.port.SplitLedger;
import java.util.List;
import java.util.Objects;

/** Splits, in the ledger. */
final class SplitsInLedger implements SplitLedger {
    private final Ledger ledger;

    SplitsInLedger(Ledger ledger) {
        this.ledger = ledger;
    }

    @Override
    public SplitStanding prepare(Request request) {
        return standing(request, ledger.prepareSplit(of(request)));
    }

    @Override
    public SplitStanding commit(Request request) {
        return standing(request, ledger.commitSplit(of(request)));
    }

    @Override
    public SplitState end(TenantId tenant, OperationId operation) {
        return ledger.endSplit(tenant, operation) instanceof SplitResult.Committed
                ? SplitState.COMMITTED
                : SplitState.UNDONE;
    }

    @Override
    public List<SplitChild> shards(TenantId tenant) {
        return ledger.readTenant(tenant).rows().stream()
                .filter(row -> row.node() != null)
                .map(row -> child(row, Objects.requireNonNull(row.node())))
                .toList();
    }

    private static SplitRequest of(Request request) {
        return new SplitRequest(
                request.tenant(), request.incarnation(), request.operation(), request.order(), request.parents());
    }

    private static SplitStanding standing(Request request, SplitResult result) {
        return switch (result) {
            case SplitResult.Prepared(List<ShardRow> children) ->
                new SplitStanding(
                        SplitState.PREPARED,
                        children.stream()
                                .map(row -> child(row, nodeOf(request, row)))
                                .toList(),
                        null);
            case SplitResult.Committed() -> new SplitStanding(SplitState.COMMITTED, List.of(), null);
            case SplitResult.Undone() -> new SplitStanding(SplitState.UNDONE, List.of(), "the split was undone");
            case SplitResult.Refused(String why) -> new SplitStanding(SplitState.REFUSED, List.of(), why);
        };
    }

    private static NodeId nodeOf(Request request, ShardRow child) {
        return request.parents()
                .get(request.order().parentOf(child.shard().number()))
                .node();
    }

    private static SplitChild child(ShardRow row, NodeId node) {
        return new SplitChild(row.shard(), Objects.requireNonNull(row.generation()), ObservedLocation.unknown(node, 0));
    }
}
