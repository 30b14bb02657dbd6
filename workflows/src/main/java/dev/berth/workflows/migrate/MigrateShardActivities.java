package dev.berth.workflows.migrate;

import dev.berth.schemas.id.Generation;
import dev.berth.schemas.model.ObservedLocation;
import io.temporal.activity.ActivityInterface;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The effects of a migration (behaviour 4.5, M1 to M9). Each first makes sure that the run still has the operation; each may be repeated,
 * and those that wait return what they have found when their bound passes. Those that stay ({@link dev.berth.workflows.common.LongWait}) return
 * what is lacking.
 */
@ActivityInterface(namePrefix = "migrate.")
public interface MigrateShardActivities {
    ObservedLocation makeSecondary(Move move);

    /** Lets the origin describe its layers, so that the destination knows what to fetch. A failure only makes the warm-up colder. */
    void uploadHeatmap(Move move);

    /** @param boundMs of the download request. @return whether the destination has all there is */
    boolean downloadLayers(Move move, long boundMs);

    /** Likewise, with one request after another; stays. @param requestMs bound of each */
    String awaitLayers(Move move, long requestMs, String known, Duration longest);

    /** The origin goes on serving but uploads nothing more; refused when there is nobody to hand over to. @param known its generation; null to read it there */
    Baseline freezeOrigin(Move move, @Nullable Generation known);

    /** Empty when another sequence has been there. */
    Optional<Generation> issueGeneration(Move move, @Nullable Generation known);

    ObservedLocation attachDestination(Move move, Generation generation);

    boolean catchUp(Move move, Baseline baseline);

    /** Stays. */
    String awaitCaughtUp(Move move, Baseline baseline, String known, Duration longest);

    boolean computesTold(Move move, long mapping);

    /** Stays. */
    String awaitComputesTold(Move move, long mapping, String known, Duration longest);

    ObservedLocation releaseOrigin(Move move);

    ObservedLocation settleDestination(Move move, Generation generation);

    /** Compensation: the origin is attached as before. Empty when the ledger says that it may not be. */
    Optional<ObservedLocation> restoreOrigin(Move move, Generation generation);
}
