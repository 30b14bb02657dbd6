package dev.berth.workflows.timetravel;

import io.temporal.activity.ActivityInterface;

/** The effects of a time travel; each may be repeated. */
@ActivityInterface(namePrefix = "timetravel.")
public interface TimeTravelActivities {
    /** Lets some pageserver that answers bring the shard's objects back. */
    void travel(ShardTravel travel);
}
