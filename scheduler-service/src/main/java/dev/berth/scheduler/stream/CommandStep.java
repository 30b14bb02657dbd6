package dev.berth.scheduler.stream;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.berth.scheduler.core.decide.Decision;
import dev.berth.scheduler.core.decide.DecisionContext;
import dev.berth.scheduler.core.invariant.ControllerInvariants.Violation;
import dev.berth.scheduler.core.state.ControllerState;
import dev.berth.scheduler.core.state.InvariantViolation;
import dev.berth.scheduler.core.state.OverlayState;
import dev.berth.scheduler.core.state.Tenant;
import dev.berth.scheduler.stream.KnownOutcomes.Known;
import dev.berth.schemas.command.Command;
import dev.berth.schemas.command.Continue;
import dev.berth.schemas.command.Tick;
import dev.berth.schemas.event.Event;
import dev.berth.schemas.event.TenantFrozen;
import dev.berth.schemas.id.CommandId;
import dev.berth.schemas.id.TenantId;
import dev.berth.schemas.reply.Outcome;
import dev.berth.schemas.reply.Rejection;
import dev.berth.schemas.reply.RejectionReason;
import dev.berth.schemas.wire.CommandEnvelope;
import dev.berth.schemas.wire.MessageCodec;
import dev.berth.schemas.wire.UndecodableMessage;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One command, all or nothing (P11): decided on the state, folded on an overlay, and everything that follows from it encoded. The state is
 * read, never changed. Whatever goes wrong becomes an {@code INTERNAL} outcome with a dead letter, so that the log moves on.
 */
final class CommandStep {
    private static final Logger LOG = LoggerFactory.getLogger(CommandStep.class);
    private static final ObjectMapper MAPPER = MessageCodec.mapper();
    private static final String SOURCE = "scheduler";
    private static final int REASON_CHARS_MAX = 2_000;

    private final ControllerCore core;
    private final ControllerState state;
    private final Set<TenantId> whole;
    private final KnownOutcomes outcomes;
    private final Poison poison;

    /** @param whole tenants that the changelog has in another form than this build writes */
    CommandStep(
            ControllerCore core, ControllerState state, Set<TenantId> whole, KnownOutcomes outcomes, Poison poison) {
        this.core = core;
        this.state = state;
        this.whole = whole;
        this.outcomes = outcomes;
        this.poison = poison;
    }

    /** @param timestampMs of the command's record; state time never goes back behind it */
    Transition apply(long position, long timestampMs, byte[] bytes) {
        long nowMs = Math.max(state.cell().nowMs(), timestampMs);
        CommandEnvelope envelope;
        try {
            envelope = decoded(bytes);
        } catch (UndecodableMessage e) {
            DecisionContext context = new DecisionContext(idOf(bytes, position), position, nowMs);
            return failed(context, "Undecodable", bytes, e);
        }
        DecisionContext context = new DecisionContext(envelope.id(), position, nowMs);
        String command = envelope.command().getClass().getSimpleName();
        Known known = outcomes.find(envelope.id());
        if (known != null) {
            return answered(context, command, known.outcome());
        }
        if (envelope.notAfterMs() != 0 && nowMs > envelope.notAfterMs()) {
            return answered(context, command, rejected(RejectionReason.EXPIRED, "decided after its deadline"));
        }
        try {
            poison.check(position);
            return decided(context, command, envelope);
        } catch (RuntimeException | StackOverflowError e) {
            return failed(context, command, bytes, e);
        }
    }

    /** JSON leaves out what it likes; a command without id or content is none. */
    private static CommandEnvelope decoded(byte[] bytes) {
        @Nullable CommandEnvelope envelope = MessageCodec.decodeCommand(bytes);
        if (envelope == null || envelope.id() == null || envelope.command() == null) {
            throw new UndecodableMessage("envelope without id or command", new IllegalArgumentException());
        }
        return envelope;
    }

    private Transition decided(DecisionContext context, String name, CommandEnvelope envelope) {
        return switch (core.decide(state, envelope.command(), context)) {
            case Decision.Rejected rejected -> answered(context, name, new Outcome.Rejected(rejected.rejection()));
            case Decision.Accepted accepted -> accepted(context, name, envelope.command(), accepted);
        };
    }

    private Transition accepted(DecisionContext context, String name, Command command, Decision.Accepted accepted) {
        OverlayState changes = folded(accepted.events());
        Outcome outcome = new Outcome.Accepted(accepted.reply());
        TransitionBuilder transition = new TransitionBuilder(context, name, outcome, changes, whole)
                .events(accepted.events())
                .work(core.tasks(changes, accepted.events()))
                .removedTenants(accepted.events());
        int index = 0;
        for (Command followUp : accepted.followUps()) {
            CommandId id = new CommandId(SOURCE + "-" + context.position() + "-" + index++);
            transition.followUp(new CommandEnvelope(id, 0, SOURCE, followUp));
        }
        return isRepeatable(command) ? transition.remember(outcomes.outdated(context.nowMs())) : transition.advance();
    }

    private OverlayState folded(List<Event> events) {
        OverlayState changes = new OverlayState(state);
        events.forEach(event -> core.evolve(changes, event));
        changes.changedTenants().values().forEach(tenant -> tenant.ifPresent(present -> check(changes, present)));
        return changes;
    }

    /** A tenant that was frozen may go on as it is; otherwise each report about it would be lost. */
    private void check(OverlayState changes, Tenant tenant) {
        if (tenant.frozen() != null) {
            return;
        }
        List<Violation> violations = core.violations(changes, tenant);
        if (!violations.isEmpty()) {
            Violation first = violations.getFirst();
            throw new InvariantViolation(tenant.id(), first.invariant() + ": " + first.detail());
        }
    }

    /** Appended by the writer itself, in a transaction: nobody waits for these and nobody repeats them. */
    private static boolean isRepeatable(Command command) {
        return !(command instanceof Tick || command instanceof Continue);
    }

    /** An outcome without any change. */
    private Transition answered(DecisionContext context, String name, Outcome outcome) {
        return new TransitionBuilder(context, name, outcome, new OverlayState(state), whole)
                .events(List.of())
                .remember(outcomes.outdated(context.nowMs()));
    }

    private Transition failed(DecisionContext context, String name, byte[] bytes, Throwable cause) {
        if (cause instanceof UndecodableMessage) {
            LOG.warn("command cannot be read position={}: {}", context.position(), cause.getMessage());
        } else {
            LOG.warn(
                    "command cannot be applied command_id={} position={}",
                    context.commandId(),
                    context.position(),
                    cause);
        }
        String text = cause.getClass().getSimpleName() + ": " + cause.getMessage();
        String reason = text.substring(0, Math.min(text.length(), REASON_CHARS_MAX));
        OverlayState changes = new OverlayState(state);
        List<Event> events = frozen(cause, changes, reason);
        return new TransitionBuilder(context, name, rejected(RejectionReason.INTERNAL, reason), changes, whole)
                .events(events)
                .deadLetter(reason, bytes)
                .remember(outcomes.outdated(context.nowMs()));
    }

    private List<Event> frozen(Throwable cause, OverlayState changes, String reason) {
        TenantId id = cause instanceof InvariantViolation violation ? violation.tenant() : null;
        Tenant tenant = id == null ? null : state.tenant(id);
        if (id == null || tenant == null || tenant.frozen() != null) {
            return List.of();
        }
        Event frozen = new TenantFrozen(id, reason);
        core.evolve(changes, frozen);
        return List.of(frozen);
    }

    private static Outcome rejected(RejectionReason reason, String detail) {
        return new Outcome.Rejected(new Rejection(reason, detail));
    }

    /** The id of a command that cannot be read as a whole, if at least that can be read: somebody may wait for it. */
    private static CommandId idOf(byte[] bytes, long position) {
        try {
            return new CommandId(MAPPER.readTree(bytes).path("id").textValue());
        } catch (IOException | RuntimeException e) {
            return new CommandId("position-" + position);
        }
    }
}
