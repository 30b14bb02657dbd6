package dev.berth.workers.listing;

import dev.berth.ledger.Ledger;
import dev.berth.ledger.ShardRow;
import dev.berth.scheduler.core.state.LocationDigest;
import dev.berth.schemas.command.Command;
import dev.berth.schemas.command.ListedLocation;
import dev.berth.schemas.command.ReportNodeListing;
import dev.berth.schemas.config.LocationConfig;
import dev.berth.schemas.id.TenantShardId;
import dev.berth.schemas.pageserver.LocationListing;
import dev.berth.schemas.task.NodeListingTask;
import dev.berth.schemas.task.StrayLocationsTask;
import dev.berth.schemas.task.WorkBatch.Endpoint;
import dev.berth.workers.pageserver.Pageservers;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Lists what a node holds (P3, behaviour 5.4), and removes what nobody knows (P10). */
public final class NodeLister {
    private static final Logger LOG = LoggerFactory.getLogger(NodeLister.class);
    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final int TRIES = 5;
    private static final int SLICE = 512;

    private final Pageservers pageservers;
    private final Ledger ledger;
    private final Consumer<Command> reports;

    public NodeLister(Pageservers pageservers, Ledger ledger, Consumer<Command> reports) {
        this.pageservers = pageservers;
        this.ledger = ledger;
        this.reports = reports;
    }

    public void list(NodeListingTask task) throws InterruptedException {
        Endpoint node = new Endpoint(task.node(), task.host(), task.port());
        String failure = "the time for the listing was over before it began";
        for (int attempt = 0; attempt < TRIES && System.currentTimeMillis() < task.deadlineMs(); attempt++) {
            try {
                report(task, pageservers.listing(node, TIMEOUT));
                return;
            } catch (IOException | IllegalArgumentException e) {
                failure = String.valueOf(e.getMessage());
                Thread.sleep(200L * attempt);
            }
        }
        reports.accept(new ReportNodeListing(task.node(), task.listing(), null, List.of(), true, false, failure));
    }

    private void report(NodeListingTask task, LocationListing listing) {
        List<ListedLocation> entries = new ArrayList<>(listing.entries().size());
        long digest = 0;
        for (LocationListing.Entry entry : listing.entries()) {
            LocationConfig conf = entry.conf();
            entries.add(
                    conf == null
                            ? new ListedLocation(entry.shard(), null, null, 0)
                            : new ListedLocation(entry.shard(), conf.mode(), conf.generation(), conf.confHash()));
            if (conf != null) {
                digest += LocationDigest.of(entry.shard(), conf.mode(), conf.generation(), conf.confHash());
            }
        }
        if (task.digest() != 0 && digest == task.digest()) {
            reports.accept(new ReportNodeListing(task.node(), task.listing(), null, List.of(), true, true, null));
            return;
        }
        TenantShardId after = null;
        int from = 0;
        do {
            int to = Math.min(entries.size(), from + SLICE);
            send(task, after, entries.subList(from, to), to == entries.size());
            after = to == 0 ? null : entries.get(to - 1).shard();
            from = to;
        } while (from < entries.size());
    }

    private void send(NodeListingTask task, @Nullable TenantShardId after, List<ListedLocation> slice, boolean last) {
        reports.accept(
                new ReportNodeListing(task.node(), task.listing(), after, List.copyOf(slice), last, false, null));
    }

    public void removeStrays(StrayLocationsTask task) throws InterruptedException {
        Set<TenantShardId> known = new HashSet<>();
        for (ShardRow row : ledger.read(task.shards())) {
            known.add(row.shard());
        }
        Endpoint node = new Endpoint(task.node(), task.host(), task.port());
        for (TenantShardId shard : task.shards()) {
            if (known.contains(shard)) {
                continue;
            }
            try {
                var answer = pageservers.putLocation(node, shard, LocationConfig.detachedStray(shard), "", TIMEOUT);
                LOG.info("stray location removed node={} shard={} status={}", task.node(), shard, answer.status());
            } catch (IOException e) {
                LOG.info("stray location not removed node={} shard={} reason={}", task.node(), shard, e.getMessage());
            }
        }
    }
}
