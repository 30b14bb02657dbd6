package dev.berth.ledger;

import dev.berth.ledger.FencedWrite.Outcome;
import java.util.Comparator;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A write on its way to its outcome. */
final class PendingWrite {
    /** Key order, and of several for one key the one that supersedes the others first. */
    static final Comparator<PendingWrite> ORDER = Comparator.comparing(PendingWrite::write, FencedWrite.ORDER);

    private final FencedWrite write;
    private @Nullable Outcome outcome;

    PendingWrite(FencedWrite write) {
        this.write = write;
    }

    FencedWrite write() {
        return write;
    }

    boolean isSettled() {
        return outcome != null;
    }

    void settle(Outcome as) {
        outcome = as;
    }

    Outcome outcome() {
        return Objects.requireNonNull(outcome);
    }
}
