package dev.berth.schemas.model;

/** Urgent work serves somebody who waits: a caller, or computes whose node died. Normal work is everything else. */
public enum Priority {
    URGENT,
    NORMAL
}
