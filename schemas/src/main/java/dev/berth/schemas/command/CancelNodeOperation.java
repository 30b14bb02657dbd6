package dev.berth.schemas.command;

import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.model.OperationKind;

/** The node's operation of this kind shall end where it is; its policy becomes what it was. */
public record CancelNodeOperation(NodeId node, OperationKind kind) implements NodeCommand {}
