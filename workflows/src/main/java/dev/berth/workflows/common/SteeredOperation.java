package dev.berth.workflows.common;

import dev.berth.schemas.model.OperationSteering;
import io.temporal.workflow.QueryMethod;
import io.temporal.workflow.SignalMethod;
import io.temporal.workflow.WorkflowInterface;
import org.jspecify.annotations.Nullable;

/** How a person or a service steers any operation. */
@WorkflowInterface
public interface SteeredOperation {
    /** Holds before the next step at which nothing is left half done. */
    @SignalMethod
    void pause();

    @SignalMethod
    void resume();

    /** Undoes the operation where that is still possible; otherwise it goes on to its end. A person may leave out the reason. */
    @SignalMethod
    void abort(@Nullable String reason);

    /** What the state machine was asked for. One that is not newer than the last is dropped, so that it may be repeated. */
    @SignalMethod
    void steer(OperationSteering steering);

    @QueryMethod
    Progress progress();
}
