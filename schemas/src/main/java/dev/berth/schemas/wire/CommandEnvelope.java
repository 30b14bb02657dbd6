package dev.berth.schemas.wire;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.berth.schemas.command.Command;
import dev.berth.schemas.id.CommandId;

/**
 * One record of the command log. Its time is the record's timestamp.
 *
 * @param id repeated by whoever is not sure that the first try arrived
 * @param notAfterMs decided later than this the command is rejected as expired (P13), by the record's clock; 0: never
 * @param source the process that appended it, for people
 */
@JsonInclude(JsonInclude.Include.NON_DEFAULT)
public record CommandEnvelope(CommandId id, long notAfterMs, String source, Command command) {}
