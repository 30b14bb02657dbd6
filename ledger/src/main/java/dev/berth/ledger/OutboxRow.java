package dev.berth.ledger;

import dev.berth.schemas.id.CommandId;
import dev.berth.schemas.wire.CommandEnvelope;
import dev.berth.schemas.wire.MessageCodec;
import java.nio.charset.StandardCharsets;

/**
 * A fact waiting for the log.
 *
 * @param number in order of insertion; commits are not in this order
 * @param id the command's id too, so that relaying twice is harmless (P9)
 * @param payload the record's value as {@link MessageCodec} writes it
 */
public record OutboxRow(long number, CommandId id, String payload) {
    public byte[] bytes() {
        return payload.getBytes(StandardCharsets.UTF_8);
    }

    public CommandEnvelope envelope() {
        return MessageCodec.decodeCommand(bytes());
    }
}
