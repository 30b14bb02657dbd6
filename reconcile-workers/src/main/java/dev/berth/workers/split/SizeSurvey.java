package dev.berth.workers.split;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.berth.scheduler.core.state.AutomaticSplits;
import dev.berth.scheduler.core.state.ControllerView;
import dev.berth.scheduler.core.state.Node;
import dev.berth.schemas.command.Command;
import dev.berth.schemas.command.ReportShardSizes;
import dev.berth.schemas.command.ShardSize;
import dev.berth.schemas.config.Json;
import dev.berth.schemas.id.TenantShardId;
import dev.berth.schemas.model.AutomaticSplitSettings;
import dev.berth.schemas.task.WorkBatch.Endpoint;
import dev.berth.workers.pageserver.Pageservers;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks available pageservers for their largest shards and reports those (http-api 12 and 18.3, behaviour 8.4), in the one process that
 * is the prober (P18). A pageserver that does not answer in time is left out of the round and holds up nobody. What is to be split the
 * state machine decides.
 */
public final class SizeSurvey implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SizeSurvey.class);
    private static final Duration CALL_BOUND = Duration.ofSeconds(5);
    private static final Duration ROUND_BOUND = Duration.ofSeconds(8);
    private static final int TRIES = 3;
    /** Shards that a pageserver names at least; so many more as candidates are known, lest those hide others. */
    private static final int SHARDS_PER_NODE = 10;

    /**
     * @param settings by which shards count as large
     * @param period between two rounds
     */
    public record Options(AutomaticSplitSettings settings, Duration period) {}

    private final Pageservers pageservers;
    private final Supplier<ControllerView> view;
    private final Supplier<OptionalLong> proberEpoch;
    private final AutomaticSplitSettings settings;
    private final Duration period;
    private final ExecutorService threads;
    private final Consumer<Command> reports;
    private final Thread thread;

    /** @param proberEpoch of this process; empty while it is not the prober */
    public SizeSurvey(
            Pageservers pageservers,
            Supplier<ControllerView> view,
            Supplier<OptionalLong> proberEpoch,
            Options options,
            ExecutorService threads,
            Consumer<Command> reports) {
        this.pageservers = pageservers;
        this.view = view;
        this.proberEpoch = proberEpoch;
        this.settings = options.settings().isActive() ? options.settings() : AutomaticSplitSettings.OFF;
        this.period = options.period();
        this.threads = threads;
        this.reports = reports;
        this.thread = Thread.ofVirtual().name("size-survey").start(this::run);
    }

    private void run() {
        while (!Thread.currentThread().isInterrupted()) {
            try {
                Thread.sleep(period);
                OptionalLong epoch = proberEpoch.get();
                if (epoch.isPresent()) {
                    round(epoch.getAsLong());
                }
            } catch (InterruptedException e) {
                return;
            } catch (RuntimeException e) {
                LOG.warn("a round of asking for sizes failed", e);
            }
        }
    }

    /** Says nothing where nothing is large and nothing has changed; once, that it is off. */
    private void round(long epoch) throws InterruptedException {
        ControllerView state = view.get();
        AutomaticSplits known = state.automaticSplits();
        List<ShardSize> sizes = settings.isActive() ? ask(state) : List.of();
        boolean isNews = !sizes.isEmpty()
                || !known.candidates().isEmpty()
                || !known.settings().equals(settings);
        if (isNews) {
            reports.accept(new ReportShardSizes(epoch, settings, sizes));
        }
    }

    private List<ShardSize> ask(ControllerView state) throws InterruptedException {
        int limit = SHARDS_PER_NODE + state.automaticSplits().candidates().size();
        List<CompletableFuture<List<ShardSize>>> asked = new ArrayList<>();
        for (Node node : state.nodes().values()) {
            if (node.isAvailable()) {
                Endpoint endpoint = new Endpoint(
                        node.id(),
                        node.registration().listenHttpAddr(),
                        node.registration().listenHttpPort());
                asked.add(CompletableFuture.supplyAsync(() -> largest(endpoint, limit), threads)
                        .completeOnTimeout(List.of(), ROUND_BOUND.toMillis(), TimeUnit.MILLISECONDS));
            }
        }
        Map<TenantShardId, Long> sizes = new HashMap<>();
        for (CompletableFuture<List<ShardSize>> answer : asked) {
            answer.join().forEach(size -> sizes.merge(size.shard(), size.bytes(), Math::max));
        }
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        return sizes.entrySet().stream()
                .map(each -> new ShardSize(each.getKey(), each.getValue()))
                .sorted(Comparator.comparingLong(ShardSize::bytes).reversed().thenComparing(ShardSize::shard))
                .limit(ReportShardSizes.SHARDS_MAX)
                .toList();
    }

    /** Those of one pageserver that are above a limit; none when it does not say. */
    private List<ShardSize> largest(Endpoint node, int limit) {
        List<ShardSize> sizes = new ArrayList<>();
        if (settings.splitsOneShardEarlier() && settings.initialSplitThreshold() != null) {
            sizes.addAll(top(node, "max_logical_size", limit, 2, settings.initialSplitThreshold()));
        }
        if (settings.splitThreshold() != null) {
            sizes.addAll(top(
                    node, "max_logical_size_per_shard", limit, settings.maxSplitShards(), settings.splitThreshold()));
        }
        return sizes;
    }

    private List<ShardSize> top(Endpoint node, String order, int limit, int belowShards, long aboveBytes) {
        byte[] body = Json.bytes(JsonNodeFactory.instance
                .objectNode()
                .put("order_by", order)
                .put("limit", limit)
                .put("where_shards_lt", belowShards)
                .put("where_gt", aboveBytes));
        String failure = "";
        for (int attempt = 0; attempt < TRIES; attempt++) {
            try {
                Pageservers.Answer answer = pageservers.call(node, "POST", "/v1/top_tenants", body, CALL_BOUND);
                if (answer.ok()) {
                    return read(Json.parse(answer.body()));
                }
                failure = answer.message();
                Thread.sleep(100L << attempt);
            } catch (IOException | IllegalArgumentException e) {
                failure = String.valueOf(e.getMessage());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return List.of();
            }
        }
        LOG.warn("a pageserver does not say which shards are large node={} reason={}", node.node(), failure);
        return List.of();
    }

    private static List<ShardSize> read(JsonNode answer) {
        List<ShardSize> sizes = new ArrayList<>();
        for (JsonNode shard : answer.path("shards")) {
            sizes.add(new ShardSize(
                    TenantShardId.of(shard.path("id").asText()),
                    shard.path("max_logical_size").asLong()));
        }
        return sizes;
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
