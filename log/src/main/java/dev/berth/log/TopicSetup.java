package dev.berth.log;

import dev.berth.schemas.wire.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the topics of a cell what {@link Topics} says. Repeating it changes nothing; several processes may do it at once. A topic
 * with other partitions than wanted is refused, since keys would move; other settings are put right.
 */
public final class TopicSetup {
    private static final Logger LOG = LoggerFactory.getLogger(TopicSetup.class);
    private static final int REPLICAS = 3;
    private static final String MIN_ISR = "min.insync.replicas";
    private static final Duration PAUSE = Duration.ofMillis(200);

    private final Admin admin;
    private final List<Topics.Topic> wanted;

    private TopicSetup(Admin admin, List<Topics.Topic> wanted) {
        this.admin = admin;
        this.wanted = wanted;
    }

    /**
     * Creates what is missing, waits until every partition has a leader and verifies the settings.
     *
     * @throws LogUnavailable when the brokers could not be asked within the bound
     * @throws IllegalStateException when a topic exists with another number of partitions
     */
    public static void ensure(LogClients clients, Topics topics, Duration bound) {
        long deadline = System.nanoTime() + bound.toNanos();
        try (Admin admin = clients.admin(topics.cell() + "-topics")) {
            TopicSetup setup = new TopicSetup(admin, topics.all());
            while (true) {
                Exception cause = setup.attempt();
                if (cause == null) {
                    return;
                }
                if (System.nanoTime() >= deadline) {
                    throw new LogUnavailable("topics of cell " + topics.cell() + " are not ready", cause);
                }
                pause();
            }
        }
    }

    /** One try; null when all is as wanted. */
    private @Nullable Exception attempt() {
        try {
            int brokers = admin.describeCluster().nodes().get().size();
            Map<String, TopicDescription> existing = existing();
            create(missing(existing.keySet()), brokers);
            return existing.size() == wanted.size() ? verify(existing, brokers) : new IllegalStateException("created");
        } catch (ExecutionException e) {
            Throwable cause = Objects.requireNonNullElse(e.getCause(), e);
            if (cause instanceof RetriableException retriable) {
                return retriable;
            }
            throw new IllegalStateException("topics cannot be set up: " + cause.getMessage(), cause);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LogUnavailable("interrupted while topics were set up", e);
        }
    }

    private Map<String, TopicDescription> existing() throws InterruptedException, ExecutionException {
        Map<String, TopicDescription> existing = new HashMap<>();
        for (var entry : admin.describeTopics(
                        wanted.stream().map(Topics.Topic::name).toList())
                .topicNameValues()
                .entrySet()) {
            try {
                existing.put(entry.getKey(), entry.getValue().get());
            } catch (ExecutionException e) {
                if (!(e.getCause() instanceof UnknownTopicOrPartitionException)) {
                    throw e;
                }
            }
        }
        return existing;
    }

    private List<Topics.Topic> missing(Collection<String> existing) {
        return wanted.stream().filter(topic -> !existing.contains(topic.name())).toList();
    }

    private void create(List<Topics.Topic> missing, int brokers) throws InterruptedException, ExecutionException {
        short replicas = (short) Math.min(REPLICAS, brokers);
        List<NewTopic> topics = missing.stream()
                .map(topic ->
                        new NewTopic(topic.name(), topic.partitions(), replicas).configs(settings(topic, brokers)))
                .toList();
        for (var result : admin.createTopics(topics).values().entrySet()) {
            try {
                result.getValue().get();
                LOG.info("created topic {}", result.getKey());
            } catch (ExecutionException e) {
                if (!(e.getCause() instanceof TopicExistsException)) {
                    throw e;
                }
            }
        }
    }

    /** Three replicas survive the loss of one with nothing acknowledged lost; fewer brokers make do with one copy in sync. */
    private static Map<String, String> settings(Topics.Topic topic, int brokers) {
        Map<String, String> settings = new HashMap<>(topic.config());
        settings.put(MIN_ISR, brokers >= REPLICAS ? "2" : "1");
        settings.put("unclean.leader.election.enable", "false");
        return settings;
    }

    private @Nullable Exception verify(Map<String, TopicDescription> existing, int brokers)
            throws InterruptedException, ExecutionException {
        for (Topics.Topic topic : wanted) {
            TopicDescription description = Objects.requireNonNull(existing.get(topic.name()));
            if (description.partitions().size() != topic.partitions()) {
                throw new IllegalStateException("topic " + topic.name() + " has "
                        + description.partitions().size() + " partitions, not " + topic.partitions());
            }
            if (description.partitions().stream().anyMatch(partition -> partition.leader() == null)) {
                return new IllegalStateException("topic " + topic.name() + " has a partition without leader");
            }
        }
        return correctSettings(brokers);
    }

    private @Nullable Exception correctSettings(int brokers) throws InterruptedException, ExecutionException {
        Map<String, Topics.Topic> byName =
                wanted.stream().collect(Collectors.toMap(Topics.Topic::name, topic -> topic));
        List<ConfigResource> resources = byName.keySet().stream()
                .map(name -> new ConfigResource(ConfigResource.Type.TOPIC, name))
                .toList();
        Map<ConfigResource, Collection<AlterConfigOp>> corrections = new HashMap<>();
        for (var entry : admin.describeConfigs(resources).all().get().entrySet()) {
            Topics.Topic topic =
                    Objects.requireNonNull(byName.get(entry.getKey().name()));
            List<AlterConfigOp> ops = corrections(topic, entry.getValue(), brokers);
            if (!ops.isEmpty()) {
                LOG.warn("settings of topic {} are put right: {}", topic.name(), ops);
                corrections.put(entry.getKey(), ops);
            }
        }
        if (corrections.isEmpty()) {
            return null;
        }
        admin.incrementalAlterConfigs(corrections).all().get();
        return new IllegalStateException("settings were changed");
    }

    private static List<AlterConfigOp> corrections(Topics.Topic topic, Config actual, int brokers) {
        List<AlterConfigOp> ops = new ArrayList<>();
        settings(topic, brokers).forEach((name, value) -> {
            ConfigEntry entry = actual.get(name);
            boolean byHand = entry != null && name.equals(MIN_ISR) && !entry.isDefault();
            if (!byHand && (entry == null || !value.equals(entry.value()))) {
                ops.add(new AlterConfigOp(new ConfigEntry(name, value), AlterConfigOp.OpType.SET));
            }
        });
        return ops;
    }

    private static void pause() {
        try {
            Thread.sleep(PAUSE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LogUnavailable("interrupted while topics were set up", e);
        }
    }
}
