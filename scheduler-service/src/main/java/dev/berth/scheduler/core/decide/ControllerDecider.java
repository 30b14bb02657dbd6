package dev.berth.scheduler.core.decide;

import dev.berth.scheduler.core.state.ControllerView;
import dev.berth.schemas.command.CellCommand;
import dev.berth.schemas.command.Command;
import dev.berth.schemas.command.NodeCommand;
import dev.berth.schemas.command.OperationCommand;
import dev.berth.schemas.command.ShardCommand;
import dev.berth.schemas.command.TenantCommand;

/** Decides one command. Pure: the same view, command and context give the same decision. */
public final class ControllerDecider {
    private ControllerDecider() {}

    public static Decision decide(ControllerView view, Command command, DecisionContext context) {
        Draft draft = new Draft(view, context);
        return switch (command) {
            case TenantCommand tenant -> TenantDecider.decide(draft, tenant);
            case NodeCommand node -> NodeDecider.decide(draft, node);
            case ShardCommand shard -> ShardDecider.decide(draft, shard);
            case OperationCommand operation -> OperationDecider.decide(draft, operation);
            case CellCommand cell -> CellDecider.decide(draft, cell);
        };
    }
}
