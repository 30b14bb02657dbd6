package dev.berth.schemas.wire;

import java.util.List;
import java.util.Map;

/**
 * Names, partitions and retention of a cell's topics. Commands and events keep everything (P16) until snapshots with positions
 * exist; work is worthless after its lease; mappings keep the newest per tenant.
 */
public record Topics(String cell) {
    public static final int MESSAGE_BYTES_MAX = 4 * 1024 * 1024;
    /** As many workers can share the work of a cell. Each partition that a transaction touches costs the broker about as much as a record. */
    public static final int WORK_PARTITIONS = 4;

    /** As many workers can tell computes. */
    public static final int MAPPING_PARTITIONS = 2;

    private static final String HOUR_MS = "3600000";
    private static final String FOREVER = "-1";

    /** One topic as it shall be created. */
    public record Topic(String name, int partitions, Map<String, String> config) {}

    public Topics {
        if (!cell.matches("[a-z0-9][a-z0-9_-]{0,39}")) {
            throw new IllegalArgumentException(
                    "cell name must be 1..40 of a-z, 0-9, - and _, beginning with a letter or digit: '" + cell + "'");
        }
    }

    public String commands() {
        return cell + ".commands";
    }

    public String events() {
        return cell + ".events";
    }

    public String workUrgent() {
        return cell + ".work.urgent";
    }

    public String workNormal() {
        return cell + ".work.normal";
    }

    public String mappings() {
        return cell + ".compute.mappings";
    }

    public String deadLetters() {
        return cell + ".deadletter";
    }

    /** Application id of the single writer; its transactional id and the changelog's name derive from it. */
    public String application() {
        return cell + ".scheduler";
    }

    /** The store's changelog, which is the state as it stands. Named by Kafka Streams from the application and store. */
    public String state() {
        return application() + "-" + STATE_STORE + "-changelog";
    }

    public static final String STATE_STORE = "state";

    /** All topics but the changelog, which the writer creates. */
    public List<Topic> all() {
        Map<String, String> log = Map.of(
                "cleanup.policy",
                "delete",
                "retention.ms",
                FOREVER,
                "retention.bytes",
                FOREVER,
                "max.message.bytes",
                Integer.toString(MESSAGE_BYTES_MAX));
        Map<String, String> work = Map.of(
                "cleanup.policy",
                "delete",
                "retention.ms",
                HOUR_MS,
                "max.message.bytes",
                Integer.toString(MESSAGE_BYTES_MAX));
        Map<String, String> newest = Map.of(
                "cleanup.policy",
                "compact",
                "segment.ms",
                "600000",
                "min.cleanable.dirty.ratio",
                "0.1",
                "max.message.bytes",
                Integer.toString(MESSAGE_BYTES_MAX));
        return List.of(
                new Topic(commands(), 1, log),
                new Topic(events(), 1, log),
                new Topic(workUrgent(), WORK_PARTITIONS, work),
                new Topic(workNormal(), WORK_PARTITIONS, work),
                new Topic(mappings(), MAPPING_PARTITIONS, newest),
                new Topic(deadLetters(), 1, log),
                new Topic(
                        state(),
                        1,
                        Map.of(
                                "cleanup.policy",
                                "compact",
                                "segment.bytes",
                                "16777216",
                                "segment.ms",
                                "600000",
                                "min.cleanable.dirty.ratio",
                                "0.1",
                                "max.message.bytes",
                                Integer.toString(MESSAGE_BYTES_MAX))));
    }
}
