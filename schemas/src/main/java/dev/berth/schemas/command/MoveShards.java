package dev.berth.schemas.command;

import dev.berth.schemas.id.OperationId;
import dev.berth.schemas.model.ShardMove;
import java.util.List;

/** The run of a node's operation asks for the next moves; the reconciler carries them out. At most 256 at once (P15). */
public record MoveShards(OperationId operation, String run, List<ShardMove> moves) implements OperationCommand {
    public MoveShards {
        moves = List.copyOf(moves);
    }
}
