package dev.berth.gateway.http.control;

import dev.berth.gateway.Limits;
import dev.berth.gateway.error.ApiError;
import dev.berth.gateway.http.Call;
import dev.berth.gateway.http.control.OperationFacts.State;
import dev.berth.ledger.EndedOperations;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.OperationId;
import dev.berth.schemas.id.TenantId;
import dev.berth.schemas.model.OperationKind;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Which operations are asked for; null for whichever.
 *
 * @param before accepted before this one: where the page before ended
 */
record OperationFilter(
        @Nullable OperationKind kind,
        @Nullable State state,
        @Nullable TenantId tenant,
        @Nullable NodeId node,
        @Nullable OperationId before,
        int limit) {

    static OperationFilter read(Call call) {
        return new OperationFilter(
                call.query("kind", text -> constant(OperationKind.class, text)).orElse(null),
                call.query("state", text -> constant(State.class, text)).orElse(null),
                call.query("tenant", TenantId::of).orElse(null),
                call.query("node", NodeId::of).orElse(null),
                call.query("start_after", OperationId::of).orElse(null),
                call.query("limit", Integer::parseInt)
                        .map(OperationFilter::pageSize)
                        .orElse(Limits.OPERATIONS_PAGE));
    }

    private static int pageSize(int asked) {
        if (asked < 1 || asked > Limits.OPERATIONS_PAGE_MAX) {
            throw ApiError.badRequest("limit must be between 1 and " + Limits.OPERATIONS_PAGE_MAX);
        }
        return asked;
    }

    /** Names of constants are written in lower case. */
    private static <E extends Enum<E>> E constant(Class<E> type, String text) {
        List<E> all = Arrays.asList(type.getEnumConstants());
        return all.stream()
                .filter(one -> one.name().toLowerCase(Locale.ROOT).equals(text))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("unknown variant `" + text + "`, expected one of "
                        + all.stream()
                                .map(one -> "`" + one.name().toLowerCase(Locale.ROOT) + "`")
                                .collect(Collectors.joining(", "))));
    }

    boolean takes(OperationFacts facts) {
        return (before == null || facts.id().compareTo(before) < 0)
                && (kind == null || kind == facts.summary().kind())
                && (state == null || state == facts.state())
                && (tenant == null || tenant.equals(facts.summary().tenant()))
                && (node == null || facts.concerns(node));
    }

    boolean takesEnded() {
        return state == null || !state.isOpen();
    }

    boolean takesOpen() {
        return state == null || state.isOpen();
    }

    EndedOperations.Query ended() {
        return new EndedOperations.Query(
                null,
                before,
                kind == null ? null : kind.name(),
                state == null ? null : state.name(),
                tenant,
                node,
                limit);
    }
}
