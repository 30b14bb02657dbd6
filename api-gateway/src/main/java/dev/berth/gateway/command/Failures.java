package dev.berth.gateway.command;

import dev.berth.gateway.error.ApiError;
import dev.berth.ledger.LedgerException;
import dev.berth.ledger.LedgerUnavailableException;
import dev.berth.log.LogUnavailable;
import dev.berth.scheduler.query.CommandFailure;
import dev.berth.scheduler.query.Quiescence;
import dev.berth.scheduler.query.ViewFailure;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

/** What a failure underneath means to a caller. 503 says that certainly nothing was done (P13). */
public final class Failures {
    private Failures() {}

    /** The answer to a failure that has one; empty for a defect. */
    public static Optional<ApiError> known(Throwable failure) {
        return switch (failure) {
            case ApiError error -> Optional.of(error);
            case CommandFailure command -> Optional.of(command(command));
            case ViewFailure view -> Optional.of(ApiError.unavailable(String.valueOf(view.getMessage())));
            case LogUnavailable log -> Optional.of(ApiError.unavailable(String.valueOf(log.getMessage())));
            case LedgerUnavailableException ledger ->
                Optional.of(ApiError.unavailable(String.valueOf(ledger.getMessage())));
            case LedgerException ledger -> Optional.of(ApiError.internal(String.valueOf(ledger.getMessage())));
            case Quiescence.NotRelayed late -> Optional.of(ApiError.unavailable(String.valueOf(late.getMessage())));
            case CompletionException wrapper when wrapper.getCause() != null -> known(wrapper.getCause());
            case ExecutionException wrapper when wrapper.getCause() != null -> known(wrapper.getCause());
            default -> Optional.empty();
        };
    }

    private static ApiError command(CommandFailure failure) {
        String text = String.valueOf(failure.getMessage());
        return switch (failure) {
            case CommandFailure.NotDone notDone -> ApiError.unavailable(text);
            case CommandFailure.Expired expired -> ApiError.unavailable(text);
            case CommandFailure.OutcomeUnknown unknown -> ApiError.timeout(text);
        };
    }
}
