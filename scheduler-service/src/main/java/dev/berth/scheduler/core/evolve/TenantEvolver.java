package dev.berth.scheduler.core.evolve;

import dev.berth.scheduler.core.state.ControllerState;
import dev.berth.scheduler.core.state.InvariantViolation;
import dev.berth.scheduler.core.state.NotifyFailure;
import dev.berth.scheduler.core.state.Operation;
import dev.berth.scheduler.core.state.Shard;
import dev.berth.scheduler.core.state.Tenant;
import dev.berth.schemas.event.MappingAcknowledged;
import dev.berth.schemas.event.MappingDeferred;
import dev.berth.schemas.event.MappingEmitted;
import dev.berth.schemas.event.TenantConfigChanged;
import dev.berth.schemas.event.TenantCreated;
import dev.berth.schemas.event.TenantDeletionStarted;
import dev.berth.schemas.event.TenantEvent;
import dev.berth.schemas.event.TenantFrozen;
import dev.berth.schemas.event.TenantGenerationNamed;
import dev.berth.schemas.event.TenantHomeZoneChanged;
import dev.berth.schemas.event.TenantPolicyChanged;
import dev.berth.schemas.event.TenantRemoved;
import dev.berth.schemas.event.TenantSplitBegun;
import dev.berth.schemas.event.TenantSplitCommitted;
import dev.berth.schemas.id.TenantId;
import dev.berth.schemas.model.ShardSchedulingPolicy;
import dev.berth.schemas.task.MappingReport;
import java.util.List;
import java.util.stream.IntStream;

/** Facts about tenants. */
final class TenantEvolver {
    private TenantEvolver() {}

    static void evolve(ControllerState state, TenantEvent event) {
        switch (event) {
            case TenantCreated created -> state.put(create(state, created));
            case TenantRemoved removed ->
                state.removeTenant(existing(state, removed.tenant()).id());
            case TenantConfigChanged changed ->
                state.put(existing(state, changed.tenant()).withConfig(changed.config()));
            case TenantPolicyChanged changed -> state.put(changePolicy(existing(state, changed.tenant()), changed));
            case TenantGenerationNamed named ->
                state.put(existing(state, named.tenant()).withGeneration(named.generation()));
            case TenantHomeZoneChanged changed ->
                state.put(existing(state, changed.tenant()).withPreferredAz(changed.zone()));
            case TenantDeletionStarted started ->
                state.put(existing(state, started.tenant()).withDeleting(started.operation()));
            case TenantFrozen frozen ->
                state.put(existing(state, frozen.tenant()).withFrozen(frozen.invariant()));
            case TenantSplitBegun begun -> beginSplit(state, begun);
            case TenantSplitCommitted committed -> state.put(split(existing(state, committed.tenant()), committed));
            case MappingEmitted emitted -> state.put(emit(existing(state, emitted.tenant()), emitted));
            case MappingAcknowledged acknowledged ->
                state.put(acknowledge(existing(state, acknowledged.tenant()), acknowledged));
            case MappingDeferred deferred -> state.put(defer(existing(state, deferred.tenant()), deferred));
        }
    }

    static Tenant existing(ControllerState state, TenantId id) {
        Tenant tenant = state.tenant(id);
        if (tenant == null) {
            throw new InvariantViolation(null, "an event about the unknown tenant " + id);
        }
        return tenant;
    }

    private static Tenant create(ControllerState state, TenantCreated created) {
        if (state.tenant(created.tenant()) != null) {
            throw new InvariantViolation(created.tenant(), "a tenant is created once");
        }
        List<Shard> shards = IntStream.range(0, created.count().effective())
                .mapToObj(number -> Shard.fresh(number, created.generation()))
                .toList();
        return new Tenant(
                created.tenant(),
                created.incarnation(),
                created.count(),
                created.stripeSize(),
                created.generation(),
                created.policy(),
                ShardSchedulingPolicy.ACTIVE,
                created.config(),
                created.preferredAz(),
                shards,
                0,
                List.of(),
                0,
                null,
                null,
                null,
                null);
    }

    /** What computes were told of a tenant that is to be attached nowhere is not news to compare with any more. */
    private static Tenant changePolicy(Tenant tenant, TenantPolicyChanged changed) {
        Tenant now = tenant.withPolicy(changed.placement(), changed.scheduling());
        if (changed.placement().isAttached()) {
            return now;
        }
        return now.withMapping(now.mappingNumber(), List.of(), now.acknowledgedMapping(), now.notifyError());
    }

    private static Tenant emit(Tenant tenant, MappingEmitted emitted) {
        if (emitted.number() <= tenant.mappingNumber()) {
            throw new InvariantViolation(tenant.id(), "mapping numbers rise");
        }
        return tenant.withMapping(emitted.number(), emitted.nodes(), tenant.acknowledgedMapping(), null);
    }

    private static Tenant acknowledge(Tenant tenant, MappingAcknowledged acknowledged) {
        return tenant.withMapping(tenant.mappingNumber(), tenant.mapping(), acknowledged.number(), null);
    }

    /** A request that failed may have changed the receiver: what it believes is no longer known. */
    private static Tenant defer(Tenant tenant, MappingDeferred deferred) {
        long believed = deferred.result() == MappingReport.Result.FAILED ? 0 : tenant.acknowledgedMapping();
        NotifyFailure failure = deferred.detail() == null
                ? null
                : new NotifyFailure(
                        deferred.detail(),
                        deferred.attempts(),
                        deferred.sinceMs(),
                        deferred.atMs(),
                        deferred.pauseMs());
        return tenant.withMapping(tenant.mappingNumber(), tenant.mapping(), believed, failure);
    }

    private static void beginSplit(ControllerState state, TenantSplitBegun begun) {
        Operation operation = state.operation(begun.operation());
        if (operation == null) {
            throw new InvariantViolation(begun.tenant(), "a split of the unknown operation " + begun.operation());
        }
        state.put(operation.withSplit(begun.order()));
        state.put(existing(state, begun.tenant()).withSplitting(begun.operation()));
    }

    private static Tenant split(Tenant tenant, TenantSplitCommitted committed) {
        if (!committed.operation().equals(tenant.splitting())) {
            throw new InvariantViolation(tenant.id(), "a split that nobody has begun: " + committed.operation());
        }
        List<Shard> children =
                committed.shards().stream().map(ShardEvolver::born).toList();
        return tenant.split(committed.count(), committed.stripeSize(), children);
    }
}
