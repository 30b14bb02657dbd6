package dev.berth.gateway.http.tenant;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.berth.gateway.error.ApiError;
import dev.berth.gateway.http.JsonIn;
import dev.berth.schemas.command.CreateTenant;
import dev.berth.schemas.config.TenantConfig;
import dev.berth.schemas.id.Generation;
import dev.berth.schemas.id.ShardCount;
import dev.berth.schemas.id.TenantShardId;
import dev.berth.schemas.model.PlacementPolicy;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A tenant to be created; fields of its configuration stand beside the others. */
record CreateTenantBody(CreateTenant command) {
    private static final List<String> OWN_FIELDS =
            List.of("new_tenant_id", "generation", "shard_parameters", "placement_policy");
    private static final int STRIPE_SIZE = 2048;

    private record Shape(ShardCount count, int stripeSize) {
        static final Shape UNSHARDED = new Shape(ShardCount.UNSHARDED, STRIPE_SIZE);

        static Shape read(JsonIn body) {
            body.only(Set.of("count", "stripe_size"));
            ShardCount count = new ShardCount(body.required("count").u8());
            JsonIn stripe = body.required("stripe_size");
            long size = stripe.u32();
            if (size == 0 || size > Integer.MAX_VALUE) {
                throw stripe.error("invalid value: integer `" + size + "`, expected a positive number of pages");
            }
            return new Shape(count, (int) size);
        }
    }

    static CreateTenantBody read(JsonIn body) {
        TenantShardId id = body.required("new_tenant_id").text(TenantShardId::of);
        Generation generation = body.optional("generation", each -> new Generation(each.u32()));
        Shape given = body.optional("shard_parameters", Shape::read);
        PlacementPolicy policy = body.optional("placement_policy", each -> each.as(PlacementPolicy::of));
        TenantConfig config = body.as(CreateTenantBody::config);
        if (id.count() != 0) {
            throw ApiError.badRequest(
                    "Attempted to create a specific shard, this API is for creating the whole tenant");
        }
        Shape shape = given == null ? Shape.UNSHARDED : given;
        PlacementPolicy placement = policy == null ? PlacementPolicy.attached(0) : policy;
        return new CreateTenantBody(new CreateTenant(
                id.tenant(), shape.count, shape.stripeSize, first(generation, placement), placement, config));
    }

    private static @Nullable Generation first(@Nullable Generation given, PlacementPolicy placement) {
        return given != null || placement.kind() == PlacementPolicy.Kind.SECONDARY ? given : new Generation(0);
    }

    private static TenantConfig config(com.fasterxml.jackson.databind.JsonNode body) {
        ObjectNode fields = ((ObjectNode) body).deepCopy();
        fields.remove(OWN_FIELDS);
        return TenantConfig.parse(fields, TenantConfig.Mode.STRICT);
    }
}
