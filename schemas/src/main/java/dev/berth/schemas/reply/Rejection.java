package dev.berth.schemas.reply;

/** A refusal: one named reason and a text fit for the caller. */
public record Rejection(RejectionReason reason, String detail) {}
