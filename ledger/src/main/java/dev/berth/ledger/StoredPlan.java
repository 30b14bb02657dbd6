package dev.berth.ledger;

import java.time.Duration;

/**
 * A plan as it was stored.
 *
 * @param applied whether somebody has asked for it to be carried out
 * @param age since it was stored
 */
public record StoredPlan(String document, boolean applied, Duration age) {}
