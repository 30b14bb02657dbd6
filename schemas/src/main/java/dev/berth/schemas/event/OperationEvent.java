package dev.berth.schemas.event;

import dev.berth.schemas.id.OperationId;

/** Facts about a long operation. */
public sealed interface OperationEvent extends Event
        permits OperationAccepted,
                OperationAdvanced,
                OperationBegun,
                OperationEnded,
                OperationPreempted,
                OperationSteered,
                TimeTravelOrdered {
    OperationId operation();
}
