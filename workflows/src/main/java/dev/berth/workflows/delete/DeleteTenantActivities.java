package dev.berth.workflows.delete;

import io.temporal.activity.ActivityInterface;
import java.time.Duration;

/** The effects of a deletion; each may be repeated. */
@ActivityInterface(namePrefix = "delete.")
public interface DeleteTenantActivities {
    /** Waits a while. @return what is still there; empty text when nothing is */
    String awaitDetached(Deletion deletion);

    /** Stays. */
    String stayUntilDetached(Deletion deletion, String known, Duration longest);

    /** Lets some pageserver that answers remove everything stored under the tenant, of whichever shard count. */
    void purgeRemote(Deletion deletion);

    /** Rows go last: until then nobody can be given a generation of another incarnation (P5). */
    void removeRows(Deletion deletion);
}
