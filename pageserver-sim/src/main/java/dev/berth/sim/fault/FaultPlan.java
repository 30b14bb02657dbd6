package dev.berth.sim.fault;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;

/** The rules of one node, in the order they were given; it outlives restarts of the node. */
public final class FaultPlan {
    private final List<FaultRule> rules = new CopyOnWriteArrayList<>();
    private final Partition partition = new Partition();

    public FaultPlan add(FaultRule rule) {
        rules.add(rule);
        return this;
    }

    /** Removes all rules; what hangs in one is let go. */
    public void clear() {
        List<FaultRule> old = List.copyOf(rules);
        rules.removeAll(old);
        old.forEach(FaultRule::clear);
    }

    public List<FaultRule> rules() {
        return List.copyOf(rules);
    }

    public Partition partition() {
        return partition;
    }

    /** The rules that act on this request now. */
    public List<FaultRule> taking(FaultRule.Phase phase, String method, String uri) {
        if (rules.isEmpty()) {
            return List.of();
        }
        Predicate<FaultRule> takes = rule -> rule.phase() == phase && rule.takes(method, uri);
        return rules.stream().filter(takes).toList();
    }
}
