package dev.berth.scheduler.stream;

import dev.berth.scheduler.core.decide.Decision;
import dev.berth.scheduler.core.decide.DecisionContext;
import dev.berth.scheduler.core.invariant.ControllerInvariants.Violation;
import dev.berth.scheduler.core.plan.PlannedWork;
import dev.berth.scheduler.core.state.ControllerState;
import dev.berth.scheduler.core.state.ControllerView;
import dev.berth.scheduler.core.state.Tenant;
import dev.berth.schemas.command.Command;
import dev.berth.schemas.event.Event;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The standard core with single functions replaced by a test. */
final class ScriptedCore implements ControllerCore {
    private final ControllerCore standard = ControllerCore.standard();
    final List<Command> decided = new ArrayList<>();

    @Nullable
    Function<Command, @Nullable Decision> decide;

    @Nullable
    BiConsumer<ControllerState, Event> beforeEvolve;

    @Nullable
    Function<Tenant, List<Violation>> violations;

    @Nullable
    BiFunction<ControllerView, List<Event>, PlannedWork> tasks;

    long nextTickAt = Long.MAX_VALUE;

    @Override
    public Decision decide(ControllerView view, Command command, DecisionContext context) {
        decided.add(command);
        Decision scripted = decide == null ? null : decide.apply(command);
        return scripted == null ? standard.decide(view, command, context) : scripted;
    }

    @Override
    public void evolve(ControllerState state, Event event) {
        if (beforeEvolve != null) {
            beforeEvolve.accept(state, event);
        }
        standard.evolve(state, event);
    }

    @Override
    public List<Violation> violations(ControllerView afterwards, Tenant tenant) {
        return violations == null ? standard.violations(afterwards, tenant) : violations.apply(tenant);
    }

    @Override
    public PlannedWork tasks(ControllerView afterwards, List<Event> events) {
        return tasks == null ? standard.tasks(afterwards, events) : tasks.apply(afterwards, events);
    }

    @Override
    public long nextTickAt(ControllerView view) {
        return nextTickAt;
    }
}
