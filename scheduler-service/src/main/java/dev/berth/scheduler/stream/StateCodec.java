package dev.berth.scheduler.stream;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.ObjectWriter;
import dev.berth.scheduler.core.state.AutomaticSplits;
import dev.berth.scheduler.core.state.Cell;
import dev.berth.scheduler.core.state.ControllerState;
import dev.berth.scheduler.core.state.Node;
import dev.berth.scheduler.core.state.Operation;
import dev.berth.scheduler.core.state.Shard;
import dev.berth.scheduler.core.state.Tenant;
import dev.berth.scheduler.stream.KnownOutcomes.Known;
import dev.berth.schemas.id.CommandId;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.OperationId;
import dev.berth.schemas.id.TenantId;
import dev.berth.schemas.id.TenantShardId;
import dev.berth.schemas.reply.Outcome;
import dev.berth.schemas.reply.Reply;
import dev.berth.schemas.wire.MessageCodec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The state as entries of the changelog: one per cell, for its automatic splits, one per node, operation, tenant and shard of a sharded tenant ({@link TenantEntries}), and
 * one per command for its outcome. A key begins with what it is about; a value begins with the version of its form. Thread-safe.
 *
 * <p>Every command leaves either its outcome or the cell, each with position and time: the last entry says how far the state has come.
 */
final class StateCodec {
    static final byte[] CELL = key("c");
    static final byte[] AUTOMATIC_SPLITS = key("a");
    private static final byte VERSION = 1;
    private static final int OUTCOME_HEADER = 1 + 2 * Long.BYTES;
    private static final Outcome DONE = new Outcome.Accepted(new Reply.Done());

    private static final ObjectMapper MAPPER = MessageCodec.mapper();
    private static final ObjectWriter WRITER = MAPPER.writer();
    private static final ObjectReader AUTOMATIC = MAPPER.readerFor(AutomaticSplits.class);
    private static final ObjectReader CELLS = MAPPER.readerFor(Cell.class);
    private static final ObjectReader TENANTS = MAPPER.readerFor(Tenant.class);
    private static final ObjectReader SHARDS = MAPPER.readerFor(Shard.class);
    private static final ObjectReader NODES = MAPPER.readerFor(Node.class);
    private static final ObjectReader OPERATIONS = MAPPER.readerFor(Operation.class);
    private static final ObjectReader OUTCOMES = MAPPER.readerFor(Outcome.class);

    private StateCodec() {}

    static byte[] key(TenantId tenant) {
        return key("t/" + tenant);
    }

    static byte[] key(TenantShardId shard) {
        return key("s/" + shard);
    }

    static byte[] key(NodeId node) {
        return key("n/" + node);
    }

    static byte[] key(OperationId operation) {
        return key("o/" + operation);
    }

    static byte[] key(CommandId command) {
        return key("r/" + command);
    }

    private static byte[] key(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static byte[] encode(Cell cell) {
        return json(cell);
    }

    static byte[] encode(AutomaticSplits splits) {
        return json(splits);
    }

    static byte[] encode(Tenant tenant) {
        return json(tenant);
    }

    static byte[] encode(Shard shard) {
        return json(shard);
    }

    static byte[] encode(Node node) {
        return json(node);
    }

    static byte[] encode(Operation operation) {
        return json(operation);
    }

    static byte[] encode(Known known) {
        byte[] outcome = known.outcome().equals(DONE) ? new byte[0] : write(known.outcome());
        return ByteBuffer.allocate(OUTCOME_HEADER + outcome.length)
                .put(VERSION)
                .putLong(known.position())
                .putLong(known.atMs())
                .put(outcome)
                .array();
    }

    /**
     * Puts one entry into the state, or takes it out when the value is null.
     *
     * @param tenants where tenants and shards are put together
     * @throws IllegalStateException for an entry this build does not know
     */
    static void restore(ControllerState into, TenantEntries.Assembly tenants, byte[] key, byte @Nullable [] value) {
        switch (key[0]) {
            case 'c' -> restoreCell(into, value);
            case 'a' -> restoreSplits(into, value);
            case 't' -> tenants.tenant(TenantId.of(text(key)), value == null ? null : read(TENANTS, value, 1));
            case 's' -> tenants.shard(TenantShardId.of(text(key)), value == null ? null : read(SHARDS, value, 1));
            case 'n' -> restoreNode(into, key, value);
            case 'o' -> restoreOperation(into, key, value);
            case 'r' -> restorePosition(into, value);
            default -> throw unknown(key);
        }
    }

    /** Likewise for outcomes; entries of other kinds are passed over. */
    static void restore(KnownOutcomes into, byte[] key, byte @Nullable [] value) {
        if (key[0] != 'r') {
            return;
        }
        CommandId id = new CommandId(text(key));
        if (value == null) {
            into.forget(id);
            return;
        }
        ByteBuffer buffer = versioned(value);
        long position = buffer.getLong();
        long atMs = buffer.getLong();
        Outcome outcome = buffer.hasRemaining() ? read(OUTCOMES, value, OUTCOME_HEADER) : DONE;
        into.remember(new Known(id, position, atMs, outcome));
    }

    private static void restoreCell(ControllerState into, byte @Nullable [] value) {
        if (value != null) {
            Cell cell = read(CELLS, value, 1);
            into.put(
                    cell.position() >= into.cell().position()
                            ? cell
                            : cell.at(into.cell().position(), into.cell().nowMs()));
        }
    }

    private static void restoreSplits(ControllerState into, byte @Nullable [] value) {
        into.put(value == null ? AutomaticSplits.NONE : StateCodec.<AutomaticSplits>read(AUTOMATIC, value, 1));
    }

    private static void restorePosition(ControllerState into, byte @Nullable [] value) {
        if (value != null) {
            ByteBuffer buffer = versioned(value);
            long position = buffer.getLong();
            if (position > into.cell().position()) {
                into.put(into.cell().at(position, buffer.getLong()));
            }
        }
    }

    private static void restoreNode(ControllerState into, byte[] key, byte @Nullable [] value) {
        if (value == null) {
            into.removeNode(NodeId.of(text(key)));
        } else {
            into.put(StateCodec.<Node>read(NODES, value, 1));
        }
    }

    private static void restoreOperation(ControllerState into, byte[] key, byte @Nullable [] value) {
        if (value == null) {
            into.removeOperation(OperationId.of(text(key)));
        } else {
            into.put(StateCodec.<Operation>read(OPERATIONS, value, 1));
        }
    }

    private static String text(byte[] key) {
        return new String(key, 2, key.length - 2, StandardCharsets.UTF_8);
    }

    private static byte[] json(Object value) {
        byte[] json = write(value);
        byte[] versioned = new byte[json.length + 1];
        versioned[0] = VERSION;
        System.arraycopy(json, 0, versioned, 1, json.length);
        return versioned;
    }

    private static byte[] write(Object value) {
        try {
            return WRITER.writeValueAsBytes(value);
        } catch (JacksonException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static <T> T read(ObjectReader reader, byte[] value, int from) {
        versioned(value);
        try {
            return reader.readValue(value, from, value.length - from);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static ByteBuffer versioned(byte[] value) {
        ByteBuffer buffer = ByteBuffer.wrap(value);
        byte version = buffer.get();
        if (version != VERSION) {
            throw new IllegalStateException("the state has entries of version " + version + ", newer than this build");
        }
        return buffer;
    }

    private static IllegalStateException unknown(byte[] key) {
        return new IllegalStateException(
                "the state has an entry of unknown kind: " + new String(key, StandardCharsets.UTF_8));
    }
}
