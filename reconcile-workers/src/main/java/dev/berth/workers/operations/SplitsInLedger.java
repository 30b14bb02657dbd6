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
    public Standing prepare(Request request) {
        return standing(request, ledger.prepareSplit(of(request)));
    }

    @Override
    public Standing commit(Request request) {
        return standing(request, ledger.commitSplit(of(request)));
    }

    @Override
    public State end(TenantId tenant, OperationId operation) {
        return ledger.endSplit(tenant, operation) instanceof SplitResult.Committed ? State.COMMITTED : State.UNDONE;
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

    private static Standing standing(Request request, SplitResult result) {
        return switch (result) {
            case SplitResult.Prepared(List<ShardRow> children) ->
                new Standing(
                        State.PREPARED,
                        children.stream()
                                .map(row -> child(row, nodeOf(request, row)))
                                .toList(),
                        null);
            case SplitResult.Committed() -> new Standing(State.COMMITTED, List.of(), null);
            case SplitResult.Undone() -> new Standing(State.UNDONE, List.of(), "the split was undone");
            case SplitResult.Refused(String why) -> new Standing(State.REFUSED, List.of(), why);
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
