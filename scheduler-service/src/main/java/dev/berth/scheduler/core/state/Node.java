package dev.berth.scheduler.core.state;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import dev.berth.schemas.event.ListingPurpose;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.TenantShardId;
import dev.berth.schemas.model.NodeAvailability;
import dev.berth.schemas.model.NodeRegistration;
import dev.berth.schemas.model.NodeSchedulingPolicy;
import dev.berth.schemas.pageserver.Utilization;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A pageserver.
 *
 * @param since state time at which the availability began
 * @param reattachEpoch raised by the ledger with each re-attach; facts from before it do not count (P8)
 * @param reattachPosition position at which the newest re-attach was folded; work issued before it says nothing about the node
 * @param listing number of the listing being waited for; 0 when none is
 * @param listingDeadlineMs state time after which it is given up
 * @param auditedAtMs state time of the last listing asked for
 * @param strays shards it holds that nobody knows, too many to be removed without asking (P10)
 */
@JsonInclude(JsonInclude.Include.NON_DEFAULT)
public record Node(
        NodeRegistration registration,
        NodeSchedulingPolicy scheduling,
        NodeAvailability availability,
        long since,
        long reattachEpoch,
        long reattachPosition,
        @Nullable Utilization utilization,
        long listing,
        @Nullable ListingPurpose listingPurpose,
        long listingDeadlineMs,
        long auditedAtMs,
        List<TenantShardId> strays) {

    public Node {
        strays = strays == null ? List.of() : List.copyOf(strays);
    }

    public static Node registered(NodeRegistration registration) {
        return new Node(
                registration,
                NodeSchedulingPolicy.ACTIVE,
                NodeAvailability.OFFLINE,
                0,
                0,
                0,
                null,
                0,
                null,
                0,
                0,
                List.of());
    }

    @JsonIgnore
    public NodeId id() {
        return registration.id();
    }

    @JsonIgnore
    public String availabilityZone() {
        return registration.availabilityZone();
    }

    /** Whether requests may be sent to it. */
    @JsonIgnore
    public boolean isAvailable() {
        return availability == NodeAvailability.ACTIVE;
    }

    /** Whether new locations may be placed on it (behaviour 3.1). */
    @JsonIgnore
    public boolean maySchedule() {
        return isAvailable() && scheduling.allowsPlacement();
    }

    public Node withRegistration(NodeRegistration newRegistration) {
        return new Node(
                newRegistration,
                scheduling,
                availability,
                since,
                reattachEpoch,
                reattachPosition,
                utilization,
                listing,
                listingPurpose,
                listingDeadlineMs,
                auditedAtMs,
                strays);
    }

    public Node withScheduling(NodeSchedulingPolicy newScheduling) {
        return new Node(
                registration,
                newScheduling,
                availability,
                since,
                reattachEpoch,
                reattachPosition,
                utilization,
                listing,
                listingPurpose,
                listingDeadlineMs,
                auditedAtMs,
                strays);
    }

    public Node withAvailability(NodeAvailability newAvailability, long atMs) {
        return new Node(
                registration,
                scheduling,
                newAvailability,
                atMs,
                reattachEpoch,
                reattachPosition,
                utilization,
                listing,
                listingPurpose,
                listingDeadlineMs,
                auditedAtMs,
                strays);
    }

    public Node withReattach(long epoch, long position, NodeSchedulingPolicy newScheduling, long atMs) {
        return new Node(
                registration,
                newScheduling,
                NodeAvailability.WARMING_UP,
                atMs,
                epoch,
                position,
                utilization,
                0,
                null,
                0,
                auditedAtMs,
                strays);
    }

    public Node withUtilization(Utilization newUtilization) {
        return new Node(
                registration,
                scheduling,
                availability,
                since,
                reattachEpoch,
                reattachPosition,
                newUtilization,
                listing,
                listingPurpose,
                listingDeadlineMs,
                auditedAtMs,
                strays);
    }

    public Node withListing(long number, @Nullable ListingPurpose purpose, long deadlineMs, long askedAtMs) {
        return new Node(
                registration,
                scheduling,
                availability,
                since,
                reattachEpoch,
                reattachPosition,
                utilization,
                number,
                purpose,
                deadlineMs,
                askedAtMs,
                strays);
    }

    public Node withStrays(List<TenantShardId> shards) {
        return new Node(
                registration,
                scheduling,
                availability,
                since,
                reattachEpoch,
                reattachPosition,
                utilization,
                listing,
                listingPurpose,
                listingDeadlineMs,
                auditedAtMs,
                shards);
    }
}
