package dev.berth.scheduler.stream;

import dev.berth.scheduler.core.decide.ControllerDecider;
import dev.berth.scheduler.core.decide.Decision;
import dev.berth.scheduler.core.decide.DecisionContext;
import dev.berth.scheduler.core.decide.NextTick;
import dev.berth.scheduler.core.evolve.ControllerEvolver;
import dev.berth.scheduler.core.invariant.ControllerInvariants;
import dev.berth.scheduler.core.invariant.ControllerInvariants.Violation;
import dev.berth.scheduler.core.plan.PlannedWork;
import dev.berth.scheduler.core.plan.TaskPlanner;
import dev.berth.scheduler.core.state.ControllerState;
import dev.berth.scheduler.core.state.ControllerView;
import dev.berth.scheduler.core.state.Tenant;
import dev.berth.schemas.command.Command;
import dev.berth.schemas.event.Event;
import java.util.List;

/** The pure core as the stream sees it: five functions, so that the stream's own rules can be tested with a small one. */
interface ControllerCore {
    Decision decide(ControllerView view, Command command, DecisionContext context);

    void evolve(ControllerState state, Event event);

    /** What a tenant violates after a command; cheap. */
    List<Violation> violations(ControllerView afterwards, Tenant tenant);

    PlannedWork tasks(ControllerView afterwards, List<Event> events);

    /** State time at which a tick has something to do. */
    long nextTickAt(ControllerView view);

    /** The one that runs cells. */
    static ControllerCore standard() {
        return new ControllerCore() {
            @Override
            public Decision decide(ControllerView view, Command command, DecisionContext context) {
                return ControllerDecider.decide(view, command, context);
            }

            @Override
            public void evolve(ControllerState state, Event event) {
                ControllerEvolver.evolve(state, event);
            }

            @Override
            public List<Violation> violations(ControllerView afterwards, Tenant tenant) {
                return ControllerInvariants.ofTenant(afterwards, tenant);
            }

            @Override
            public PlannedWork tasks(ControllerView afterwards, List<Event> events) {
                return TaskPlanner.tasks(afterwards, events);
            }

            @Override
            public long nextTickAt(ControllerView view) {
                return NextTick.dueAt(view);
            }
        };
    }
}
