package dev.berth.sim.controlplane;

import com.fasterxml.jackson.databind.JsonNode;

/** One notification as it came in, and how it was answered. */
public record MappingRecord(long atMillis, int status, JsonNode mapping) {}
