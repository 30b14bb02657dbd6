package dev.berth.schemas.event;

import dev.berth.schemas.id.Generation;
import dev.berth.schemas.id.TenantId;

/** A tenant that was known without a generation has one now, from outside: its first attachment here gets this plus one. */
public record TenantGenerationNamed(TenantId tenant, Generation generation) implements TenantEvent {}
