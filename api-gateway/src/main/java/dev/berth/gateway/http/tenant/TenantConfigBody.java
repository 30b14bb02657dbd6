package dev.berth.gateway.http.tenant;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.berth.gateway.http.JsonIn;
import dev.berth.schemas.config.TenantConfig;
import dev.berth.schemas.id.TenantId;

/** A tenant and, beside its id, fields of its configuration, not yet read. */
record TenantConfigBody(TenantId tenant, JsonIn body) {
    static TenantConfigBody read(JsonIn body) {
        return new TenantConfigBody(body.required("tenant_id").text(TenantId::of), body);
    }

    /** The whole configuration. */
    TenantConfig config() {
        return body.as(json -> TenantConfig.parse(fields(), TenantConfig.Mode.STRICT));
    }

    /** A change of single fields that any configuration can take. */
    ObjectNode patch() {
        ObjectNode fields = fields();
        body.as(json -> TenantConfig.EMPTY.patch(fields));
        return fields;
    }

    private ObjectNode fields() {
        ObjectNode fields = body.fields().deepCopy();
        fields.remove("tenant_id");
        return fields;
    }
}
