package dev.berth.gateway.command;

import dev.berth.scheduler.query.Submitted;
import dev.berth.schemas.command.Command;
import dev.berth.schemas.command.ConfigureNode;
import dev.berth.schemas.command.MigrateShard;
import dev.berth.schemas.command.TenantCommand;
import dev.berth.schemas.id.CommandId;
import dev.berth.schemas.reply.Outcome;
import dev.berth.schemas.reply.Reply;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/** One line per command outcome, with the keys by which operators search. */
final class CommandTrace {
    private static final Logger LOG = LoggerFactory.getLogger("dev.berth.gateway.commands");

    private CommandTrace() {}

    static void decided(Cell.Origin origin, CommandId id, Command command, Submitted submitted) {
        if (!LOG.isInfoEnabled()) {
            return;
        }
        LoggingEventBuilder line = line(origin, id, command).addKeyValue("position", submitted.position());
        switch (submitted.outcome()) {
            case Outcome.Accepted(Reply.OperationStarted(var operation)) ->
                line.addKeyValue("operation", operation).log("command accepted");
            case Outcome.Accepted accepted -> line.log("command accepted");
            case Outcome.Rejected(var rejection) ->
                line.addKeyValue("reason", rejection.reason())
                        .addKeyValue("detail", rejection.detail())
                        .log("command rejected");
        }
    }

    static void failed(Cell.Origin origin, CommandId id, Command command, RuntimeException failure) {
        line(origin, id, command).addKeyValue("reason", failure.getMessage()).log("command failed");
    }

    private static LoggingEventBuilder line(Cell.Origin origin, CommandId id, Command command) {
        LoggingEventBuilder line = LOG.atInfo()
                .addKeyValue("command", command.getClass().getSimpleName())
                .addKeyValue("command_id", id)
                .addKeyValue("request_id", origin.requestId());
        return switch (command) {
            case MigrateShard migrate ->
                line.addKeyValue("tenant", migrate.tenant())
                        .addKeyValue("shard", migrate.shard())
                        .addKeyValue("node", migrate.order().destination());
            case TenantCommand tenant -> line.addKeyValue("tenant", tenant.tenant());
            case ConfigureNode node -> line.addKeyValue("node", node.node());
            default -> line;
        };
    }
}
