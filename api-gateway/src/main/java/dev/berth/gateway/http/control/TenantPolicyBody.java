package dev.berth.gateway.http.control;

import dev.berth.gateway.http.JsonIn;
import dev.berth.schemas.command.SetTenantPolicy;
import dev.berth.schemas.id.TenantId;
import dev.berth.schemas.model.PlacementPolicy;
import dev.berth.schemas.model.ShardSchedulingPolicy;

/** What an operator wants of a tenant's placement and scheduling. */
record TenantPolicyBody(SetTenantPolicy command) {
    static TenantPolicyBody read(TenantId tenant, JsonIn body) {
        return new TenantPolicyBody(new SetTenantPolicy(
                tenant,
                body.optional("placement", each -> each.as(PlacementPolicy::of)),
                body.optional("scheduling", each -> each.variant(ShardSchedulingPolicy.class))));
    }

    boolean isEmpty() {
        return command.placement() == null && command.scheduling() == null;
    }
}
