package dev.berth.schemas.event;

/** Why a node's listing was asked for. */
public enum ListingPurpose {
    /** The node becomes available once what it holds has been compared with what it should hold. */
    ACTIVATION,
    /** The regular comparison (P3). */
    AUDIT
}
