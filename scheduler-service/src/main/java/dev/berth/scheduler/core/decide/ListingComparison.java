package dev.berth.scheduler.core.decide;

import dev.berth.scheduler.core.state.Node;
import dev.berth.scheduler.core.state.Shard;
import dev.berth.scheduler.core.state.Tenant;
import dev.berth.schemas.command.ListedLocation;
import dev.berth.schemas.command.ReportNodeListing;
import dev.berth.schemas.command.Sweep;
import dev.berth.schemas.event.ListingPurpose;
import dev.berth.schemas.event.LocationsObserved;
import dev.berth.schemas.event.NodeAvailabilityChanged;
import dev.berth.schemas.event.NodeListingEnded;
import dev.berth.schemas.event.StrayLocationsFound;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.TenantShardId;
import dev.berth.schemas.model.NodeAvailability;
import dev.berth.schemas.model.ObservedLocation;
import dev.berth.schemas.model.Priority;
import dev.berth.schemas.reply.RejectionReason;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Compares what a node says it holds with what is believed, both ways (P3, behaviour 5.4).
 *
 * <p>The listing was begun after it was asked for, so it is newer than anything observed before, except where work is in
 * flight or an old request may still take effect: those locations are left unknown. Where work was issued since then, a difference
 * says only that nothing is certain.
 */
final class ListingComparison {
    private ListingComparison() {}

    static Decision decide(Draft draft, ReportNodeListing report) {
        Node node = draft.view().node(report.node());
        if (node == null || node.listing() != report.listing() || report.listing() == 0) {
            return Draft.rejected(
                    RejectionReason.STALE, "listing " + report.listing() + " of node " + report.node() + " is over");
        }
        ListingPurpose purpose = node.listingPurpose();
        if (report.error() != null) {
            draft.add(new NodeListingEnded(node.id(), report.listing(), report.error()));
            return draft.done();
        }
        List<TenantShardId> changed = report.unchanged() ? List.of() : compareSlice(draft, node, report);
        if (report.last() || report.unchanged()) {
            draft.add(new NodeListingEnded(node.id(), report.listing(), null));
            if (purpose == ListingPurpose.ACTIVATION && !node.isAvailable()) {
                activate(draft, node.id());
            }
        }
        changed.forEach(id -> draft.settle(id, Priority.NORMAL));
        return draft.done();
    }

    private static void activate(Draft draft, NodeId node) {
        draft.add(new NodeAvailabilityChanged(
                node, NodeAvailability.ACTIVE, "answers, and what it holds was compared", draft.now()));
        Sweeps.begin(draft, new Sweep.ReturnToNode(node, null));
        Sweeps.begin(draft, new Sweep.PlaceUnscheduled(null));
    }

    /** Returns the shards of which something else is known now. */
    private static List<TenantShardId> compareSlice(Draft draft, Node node, ReportNodeListing report) {
        Map<TenantShardId, ListedLocation> listed = new HashMap<>();
        List<TenantShardId> changed = new ArrayList<>();
        List<TenantShardId> strays = new ArrayList<>(report.after() == null ? List.of() : node.strays());
        for (ListedLocation entry : report.entries()) {
            listed.put(entry.shard(), entry);
            if (!compareEntry(draft, node, entry, changed) && strays.size() <= Limits.SHARDS_PER_COMMAND) {
                strays.add(entry.shard());
            }
        }
        for (TenantShardId id : believedIn(draft, report)) {
            if (!listed.containsKey(id)) {
                missing(draft, node, id, changed);
            }
        }
        if (!strays.equals(node.strays()) || (report.last() && !strays.isEmpty())) {
            draft.add(new StrayLocationsFound(node.id(), strays, report.last()));
        }
        return changed;
    }

    /** Shards believed to be on the node within the range of ids that the slice covers. */
    private static List<TenantShardId> believedIn(Draft draft, ReportNodeListing report) {
        NavigableSet<TenantShardId> shards = draft.view().shardsOn(report.node());
        if (report.after() != null) {
            shards = shards.tailSet(report.after(), false);
        }
        if (!report.last() && !report.entries().isEmpty()) {
            shards = shards.headSet(report.entries().getLast().shard(), true);
        }
        return List.copyOf(shards);
    }

    /** False when nobody knows the shard. */
    private static boolean compareEntry(Draft draft, Node node, ListedLocation entry, List<TenantShardId> changed) {
        Tenant tenant = draft.view().tenant(entry.shard().tenant());
        Shard shard = tenant == null ? null : tenant.shard(entry.shard());
        if (shard == null) {
            return false;
        }
        ObservedLocation before = shard.observedOn(node.id());
        if (isUnsettled(shard, before, node)) {
            return true;
        }
        ObservedLocation now = entry.mode() == null || mayBeNewer(shard, node) || isUnheardOf(shard, entry)
                ? ObservedLocation.unknown(node.id(), 0)
                : new ObservedLocation(node.id(), entry.mode(), entry.generation(), entry.confHash(), 0);
        if (!now.equals(before) && !isSame(before, entry)) {
            draft.add(new LocationsObserved(entry.shard(), List.of(now), List.of(), entry.generation()));
            changed.add(entry.shard());
        }
        return true;
    }

    private static void missing(Draft draft, Node node, TenantShardId id, List<TenantShardId> changed) {
        Tenant tenant = draft.view().tenant(id.tenant());
        Shard shard = tenant == null ? null : tenant.shard(id);
        ObservedLocation before = shard == null ? null : shard.observedOn(node.id());
        if (shard == null || before == null || isUnsettled(shard, before, node)) {
            return;
        }
        draft.add(
                mayBeNewer(shard, node)
                        ? new LocationsObserved(id, List.of(ObservedLocation.unknown(node.id(), 0)), List.of(), null)
                        : new LocationsObserved(id, List.of(), List.of(node.id()), null));
        changed.add(id);
    }

    private static boolean isSame(@Nullable ObservedLocation before, ListedLocation entry) {
        return before != null
                && before.mode() == entry.mode()
                && Objects.equals(before.generation(), entry.generation())
                && before.confHash() == entry.confHash();
    }

    /** Work was issued since the listing was asked for: what is believed may be newer than what is listed (P8). */
    private static boolean mayBeNewer(Shard shard, Node node) {
        return shard.sequence() > node.listing();
    }

    /**
     * In a generation that nobody reported: its report was lost, or the location is from before the tenant was made anew. The ledger knows,
     * and whoever does the work that follows reads it there.
     */
    private static boolean isUnheardOf(Shard shard, ListedLocation entry) {
        return entry.generation() != null
                && (shard.generation() == null || entry.generation().compareTo(shard.generation()) > 0);
    }

    /** Work in flight may be changing the location, or an old request may: the listing says nothing about it. */
    private static boolean isUnsettled(Shard shard, @Nullable ObservedLocation before, Node node) {
        boolean worked = shard.hasWorkInFlight() || shard.operation() != null;
        if (before == null) {
            return worked;
        }
        return before.settlesAtMs() > node.auditedAtMs() || (worked && !before.isKnown());
    }
}
