package dev.berth.standalone.frontdoor;

import dev.berth.sim.SimulatedPageserver;
import dev.berth.sim.controlplane.RecordingControlPlane.Behaviour;
import dev.berth.sim.fault.FaultAction;
import dev.berth.sim.fault.FaultRule;
import dev.berth.standalone.cluster.BerthCluster;
import java.util.List;
import java.util.function.BooleanSupplier;

/** What keeps an operation in a step. */
interface Hold {
    /** Whether the operation has come so far. */
    boolean isReached();

    /** Once more does nothing. */
    void release();

    /** Requests to pageservers, as a regular expression on the path. */
    static Hold request(List<SimulatedPageserver> nodes, String method, String path, FaultAction action) {
        FaultRule rule = FaultRule.of(method, path, action);
        nodes.forEach(node -> node.faults().add(rule));
        return new Hold() {
            @Override
            public boolean isReached() {
                return rule.hits() > 0;
            }

            @Override
            public void release() {
                rule.clear();
            }
        };
    }

    /** Computes of a tenant are not told; whether it has come to that shows elsewhere. */
    static Hold computes(LiveCell cell, String tenant, BooleanSupplier reached) {
        cell.computes.behave(tenant, new Behaviour.Hang());
        return new Hold() {
            @Override
            public boolean isReached() {
                return reached.getAsBoolean();
            }

            @Override
            public void release() {
                cell.computes.behave(tenant, null);
            }
        };
    }

    /** Rows that a query of the ledger finds cannot be changed. */
    static Hold rows(BerthCluster cluster, String query) {
        return LedgerSql.lock(cluster, query);
    }

    /** No hold: the operation is where it is until something else happens. */
    static Hold none(BooleanSupplier reached) {
        return new Hold() {
            @Override
            public boolean isReached() {
                return reached.getAsBoolean();
            }

            @Override
            public void release() {}
        };
    }

    default Hold and(BooleanSupplier more) {
        Hold first = this;
        return new Hold() {
            @Override
            public boolean isReached() {
                return first.isReached() && more.getAsBoolean();
            }

            @Override
            public void release() {
                first.release();
            }
        };
    }
}
