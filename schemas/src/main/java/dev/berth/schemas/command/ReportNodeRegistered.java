package dev.berth.schemas.command;

import dev.berth.schemas.model.NodeRegistration;

/** A registration committed in the ledger; relayed by its outbox. */
public record ReportNodeRegistered(NodeRegistration registration) implements NodeCommand {}
