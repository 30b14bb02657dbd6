package dev.berth.standalone.parts;

import dev.berth.schemas.wire.Topics;
import java.util.Map;

/** What Berth wants from a broker beyond its defaults. docker-compose.yml says the same to the official image. */
public final class BrokerSettings {
    /** For a broker that is the only one; the rest holds for any. */
    public static final Map<String, String> OF_ONE_NODE = Map.ofEntries(
            Map.entry("offsets.topic.replication.factor", "1"),
            Map.entry("offsets.topic.num.partitions", "1"),
            Map.entry("transaction.state.log.replication.factor", "1"),
            Map.entry("transaction.state.log.min.isr", "1"),
            Map.entry("transaction.state.log.num.partitions", "1"),
            Map.entry("share.coordinator.state.topic.replication.factor", "1"),
            Map.entry("share.coordinator.state.topic.min.isr", "1"),
            Map.entry("share.coordinator.state.topic.num.partitions", "1"),
            Map.entry("auto.create.topics.enable", "false"),
            Map.entry("message.max.bytes", Integer.toString(Topics.MESSAGE_BYTES_MAX)),
            Map.entry("replica.fetch.max.bytes", Integer.toString(Topics.MESSAGE_BYTES_MAX)),
            // P17: the open transaction of a killed writer is aborted soon, and transactions in a row do not wait.
            Map.entry("transaction.abort.timed.out.transaction.cleanup.interval.ms", "500"),
            Map.entry("add.partitions.to.txn.retry.backoff.ms", "1"),
            Map.entry("add.partitions.to.txn.retry.backoff.max.ms", "5"),
            Map.entry("group.initial.rebalance.delay.ms", "0"),
            Map.entry("group.min.session.timeout.ms", "1000"),
            // After kill -9 the controller must forget the old incarnation before it admits the new one.
            Map.entry("broker.session.timeout.ms", "2000"),
            Map.entry("broker.heartbeat.interval.ms", "500"),
            Map.entry("log.cleaner.dedupe.buffer.size", "16777216"));

    /** For a broker that shares a small machine with everything else. */
    static final Map<String, String> SMALL_FOOTPRINT =
            Map.of("num.network.threads", "2", "num.io.threads", "4", "background.threads", "2");

    private BrokerSettings() {}
}
