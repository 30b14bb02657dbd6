package dev.berth.scheduler.core.decide;

import dev.berth.scheduler.core.placement.ShardPlacer;
import dev.berth.scheduler.core.state.Tenant;
import dev.berth.schemas.command.SetTenantLocation;
import dev.berth.schemas.command.SetTenantPolicy;
import dev.berth.schemas.config.LocationMode;
import dev.berth.schemas.event.PlacementCause;
import dev.berth.schemas.event.TenantCreated;
import dev.berth.schemas.event.TenantGenerationNamed;
import dev.berth.schemas.id.Generation;
import dev.berth.schemas.id.ShardCount;
import dev.berth.schemas.id.TenantId;
import dev.berth.schemas.model.PlacementPolicy;
import dev.berth.schemas.model.ShardSchedulingPolicy;
import dev.berth.schemas.reply.RejectionReason;
import org.jspecify.annotations.Nullable;

/**
 * How a control plane brings a tenant here whose data exists already, and switches it between attached, secondary and detached (behaviour
 * 7.2). A tenant without a generation is never attached before somebody has said which one it has: its data may be of a higher one than
 * any that would be issued here.
 */
final class OnboardingDecider {
    private static final int STRIPE_SIZE = 2048;

    private OnboardingDecider() {}

    static Decision bringHere(Draft draft, SetTenantLocation set) {
        draft.add(new TenantCreated(
                set.tenant(),
                draft.position(),
                ShardCount.UNSHARDED,
                STRIPE_SIZE,
                first(set),
                policy(draft, set.mode()),
                set.config(),
                ShardPlacer.homeZone(draft.view().placement())));
        return TenantDecider.scheduleAll(draft, draft.tenant(set.tenant()), PlacementCause.CREATED);
    }

    /** A tenant that is only to be kept warm has its generation elsewhere. */
    private static @Nullable Generation first(SetTenantLocation set) {
        return switch (set.mode()) {
            case ATTACHED_SINGLE, ATTACHED_MULTI, ATTACHED_STALE ->
                set.generation() == null ? new Generation(0) : set.generation();
            case SECONDARY -> null;
            case DETACHED -> new Generation(0);
        };
    }

    static Decision change(Draft draft, SetTenantLocation set, Tenant tenant) {
        if (set.mode().attached() && hasNoGeneration(tenant)) {
            Generation generation = set.generation();
            if (generation == null) {
                return generationMissing(tenant.id());
            }
            draft.add(new TenantGenerationNamed(tenant.id(), generation));
        }
        TenantDecider.configure(draft, draft.tenant(tenant.id()), set.config());
        ShardSchedulingPolicy scheduling = set.mode().attached() ? null : ShardSchedulingPolicy.ACTIVE;
        SetTenantPolicy policy = new SetTenantPolicy(tenant.id(), policy(draft, set.mode()), scheduling);
        return TenantDecider.applyPolicy(draft, draft.tenant(tenant.id()), policy);
    }

    private static PlacementPolicy policy(Draft draft, LocationMode mode) {
        return switch (mode) {
            case ATTACHED_SINGLE, ATTACHED_MULTI, ATTACHED_STALE ->
                PlacementPolicy.attached(draft.view().nodes().size() > 1 ? 1 : 0);
            case SECONDARY -> PlacementPolicy.SECONDARY;
            case DETACHED -> PlacementPolicy.DETACHED;
        };
    }

    static boolean hasNoGeneration(Tenant tenant) {
        return tenant.shards().stream().anyMatch(shard -> shard.generation() == null);
    }

    static Decision generationMissing(TenantId tenant) {
        return Draft.rejected(
                RejectionReason.INVALID,
                "Tenant " + tenant + " has no generation yet: it is attached with location_config, which names one");
    }
}
