package dev.berth.workers.split;

import dev.berth.scheduler.core.state.ControllerView;
import dev.berth.scheduler.core.state.OverlayState;
import dev.berth.scheduler.query.FoldListener;
import dev.berth.schemas.event.Event;
import dev.berth.schemas.event.OperationEnded;
import dev.berth.schemas.model.SplitAttempt;
import dev.berth.schemas.wire.EventRecord;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A line for each automatic split that has ended, in one process of the cell. That of a success is the original's (http-api 18.3). */
public final class AutomaticSplitLog implements FoldListener {
    private static final Logger LOG = LoggerFactory.getLogger(AutomaticSplitLog.class);

    private final BooleanSupplier isHere;

    /** @param isHere whether this process is the one */
    public AutomaticSplitLog(BooleanSupplier isHere) {
        this.isHere = isHere;
    }

    @Override
    public void folding(EventRecord record, ControllerView before, OverlayState after) {
        for (Event event : record.events()) {
            SplitAttempt attempt = event instanceof OperationEnded ended
                    ? before.automaticSplits().attemptBy(ended.operation())
                    : null;
            if (attempt != null && event instanceof OperationEnded ended && isHere.getAsBoolean()) {
                tell(attempt, ended);
            }
        }
    }

    private static void tell(SplitAttempt attempt, OperationEnded ended) {
        if (ended.abortReason() == null) {
            LOG.info("successful auto-split tenant={} shards={}", attempt.tenant(), attempt.target());
        } else {
            LOG.warn("an automatic split failed tenant={} reason={}", attempt.tenant(), ended.abortReason());
        }
    }

    @Override
    public void contained(EventRecord record, ControllerView ahead) {}
}
