package dev.berth.scheduler.core.plan;

import dev.berth.scheduler.core.placement.NodeLoad;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.model.Transfer;
import dev.berth.schemas.pageserver.Utilization;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * How much nodes that shards may be moved between hold of one kind of location, each compared with their average: by count and, where disks
 * are filled, by what the shards take of them, whichever is more. Counts what moves under way will change as changed. 1 is the average.
 */
final class FleetLoad {
    private final Transfer.Role role;
    private final List<Member> members = new ArrayList<>();
    private final Map<NodeId, Member> byId = new HashMap<>();
    private double averageCount;
    private double averageDisk;

    /** One node. */
    static final class Member {
        final NodeLoad load;
        private double count;
        private double disk;
        private final double diskPerShard;

        private Member(NodeLoad load, int count) {
            this.load = load;
            this.count = count;
            Utilization said = load.node().utilization();
            this.diskPerShard =
                    said == null || said.shardCount() == 0 ? 0 : (double) said.diskScore() / said.shardCount();
            this.disk = said == null ? 0 : said.diskScore() + diskPerShard * (load.total() - said.shardCount());
        }

        NodeId id() {
            return load.node().id();
        }
    }

    private FleetLoad(Transfer.Role role, Collection<NodeLoad> loads) {
        this.role = role;
        for (NodeLoad load : loads) {
            Member member = new Member(load, held(load));
            members.add(member);
            byId.put(member.id(), member);
        }
        members.sort(Comparator.comparing(Member::id));
        double disks = 0;
        double counts = 0;
        double fullest = 0;
        for (Member member : members) {
            counts += member.count;
            disks += member.disk;
            fullest = Math.max(fullest, member.disk);
        }
        averageCount = Math.max(1, counts / Math.max(1, members.size()));
        averageDisk = fullest < OptimiserLimits.DISK_MATTERS_FROM ? 0 : disks / members.size();
    }

    /** Attached locations stay in their zone, so that each zone is one fleet. */
    static List<FleetLoad> ofZones(Collection<NodeLoad> loads) {
        TreeMap<String, List<NodeLoad>> zones = new TreeMap<>();
        for (NodeLoad load : loads) {
            if (load.node().maySchedule()) {
                zones.computeIfAbsent(load.node().availabilityZone(), zone -> new ArrayList<>())
                        .add(load);
            }
        }
        return zones.values().stream()
                .map(zone -> new FleetLoad(Transfer.Role.ATTACHED, zone))
                .toList();
    }

    static FleetLoad ofSecondaries(Collection<NodeLoad> loads) {
        return new FleetLoad(
                Transfer.Role.SECONDARY,
                loads.stream().filter(load -> load.node().maySchedule()).toList());
    }

    private int held(NodeLoad load) {
        return role == Transfer.Role.ATTACHED ? load.attached() : load.total() - load.attached();
    }

    Transfer.Role role() {
        return role;
    }

    /** A location will have gone from one node to another. */
    void moves(NodeId from, NodeId to) {
        Member origin = byId.get(from);
        Member destination = byId.get(to);
        double disk = origin == null ? 0 : origin.diskPerShard;
        if (origin != null) {
            origin.count--;
            origin.disk -= disk;
        }
        if (destination != null) {
            destination.count++;
            destination.disk += disk;
        }
    }

    private double level(double count, double disk) {
        double byCount = count / averageCount;
        return averageDisk == 0 ? byCount : Math.max(byCount, disk / averageDisk);
    }

    double level(Member member) {
        return level(member.count, member.disk);
    }

    @Nullable
    Member member(NodeId id) {
        return byId.get(id);
    }

    /** The node that holds most among those that fit; null when none does. */
    @Nullable
    Member highest(Predicate<Member> fits) {
        Member highest = null;
        for (Member member : members) {
            if (fits.test(member) && (highest == null || level(member) > level(highest))) {
                highest = member;
            }
        }
        return highest;
    }

    /** The node that holds least; null when there is none. */
    @Nullable
    Member lowest() {
        return members.stream().min(Comparator.comparingDouble(this::level)).orElse(null);
    }

    /** Those that hold less than a node by enough to move a location there, the emptiest first. */
    List<Member> emptierThan(Member from, double threshold) {
        return members.stream()
                .filter(member -> isWorthwhile(from, member, threshold))
                .sorted(Comparator.comparingDouble(this::level))
                .toList();
    }

    /** The difference is large enough, and is smaller afterwards without being turned round: so no move is ever undone by the next. */
    boolean isWorthwhile(Member from, Member to, double threshold) {
        if (from == to || level(from) - level(to) <= threshold) {
            return false;
        }
        double disk = from.diskPerShard;
        double after = level(from.count - 1, from.disk - disk);
        double there = level(to.count + 1, to.disk + disk);
        return there <= after && after < level(from);
    }

    /** How many nodes hold so much that they have something to give. */
    int holdingTooMuch(double threshold) {
        Member lowest = lowest();
        return lowest == null
                ? 0
                : (int) members.stream()
                        .filter(member -> isWorthwhile(member, lowest, threshold))
                        .count();
    }

    boolean isUneven(double threshold) {
        Member highest = highest(member -> true);
        Member lowest = lowest();
        return highest != null && lowest != null && isWorthwhile(highest, lowest, threshold);
    }
}
