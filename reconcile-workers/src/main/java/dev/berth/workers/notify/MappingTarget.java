package dev.berth.workers.notify;

import dev.berth.schemas.task.ComputeMapping;
import dev.berth.schemas.task.MappingReport;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Who is told where a tenant's shards are. Called from many threads, for one tenant by one at a time. */
public interface MappingTarget extends AutoCloseable {
    /**
     * What came of telling.
     *
     * @param detail null when it was applied
     * @param slowDown the receiver asks for patience
     */
    record Told(MappingReport.Result result, @Nullable String detail, boolean slowDown) {
        static final Told APPLIED = new Told(MappingReport.Result.ACKNOWLEDGED, null, false);

        static Told failed(String detail) {
            return new Told(MappingReport.Result.FAILED, detail, false);
        }
    }

    /** Blocks until there is an answer or the time for one is over; ends at once when interrupted. */
    Told tell(ComputeMapping mapping) throws IOException, InterruptedException;

    /** How long something told by another process may still be on its way (P21). */
    Duration lateness();

    @Override
    default void close() {}
}
