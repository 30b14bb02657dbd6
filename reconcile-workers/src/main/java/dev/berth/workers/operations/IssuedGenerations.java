package dev.berth.workers.operations;

import dev.berth.ledger.BumpRequest;
import dev.berth.ledger.BumpResult;
import dev.berth.ledger.Ledger;
import dev.berth.ledger.TenantRows;
import dev.berth.schemas.id.Generation;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.TenantId;
import dev.berth.schemas.id.TenantShardId;
import dev.berth.workflows.port.GenerationLedger;
import java.util.List;
import java.util.Optional;

/** Generations, from the ledger. */
final class IssuedGenerations implements GenerationLedger {
    private final Ledger ledger;

    IssuedGenerations(Ledger ledger) {
        this.ledger = ledger;
    }

    @Override
    public Optional<Generation> issue(Request request) {
        TenantRows rows = new TenantRows(
                request.shard().tenant(),
                request.incarnation(),
                request.count(),
                request.stripeSize(),
                request.initial());
        BumpRequest bump = new BumpRequest(rows, request.shard(), request.known(), request.node(), request.sequence());
        return switch (ledger.bump(List.of(bump)).getFirst()) {
            case BumpResult.Issued issued -> Optional.of(issued.generation());
            case BumpResult.AlreadyIssued already -> Optional.empty();
            case BumpResult.Superseded superseded -> Optional.empty();
            case BumpResult.Gone gone -> Optional.empty();
        };
    }

    @Override
    public Optional<Owner> owner(TenantShardId shard) {
        return ledger.read(List.of(shard)).stream()
                .map(row -> new Owner(row.node(), row.generation()))
                .findFirst();
    }

    @Override
    public void deleteTenant(TenantId tenant, long incarnation) {
        ledger.deleteTenantRows(tenant, incarnation);
    }

    @Override
    public void deleteNode(NodeId node) {
        ledger.deleteNode(node);
    }
}
