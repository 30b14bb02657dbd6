package dev.berth.schemas.command;

import com.fasterxml.jackson.databind.JsonNode;
import dev.berth.schemas.id.TenantId;

/** Changes single fields of a configuration: absent keeps, null unsets, a value sets. */
public record PatchTenantConfig(TenantId tenant, JsonNode patch) implements TenantCommand {}
