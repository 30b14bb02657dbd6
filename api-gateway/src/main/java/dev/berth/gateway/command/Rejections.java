package dev.berth.gateway.command;

import dev.berth.gateway.error.ApiError;
import dev.berth.schemas.reply.Rejection;

/** The HTTP status of each reason for which a command is refused. */
final class Rejections {
    private Rejections() {}

    static ApiError error(Rejection rejection) {
        String detail = rejection.detail();
        return switch (rejection.reason()) {
            case INVALID, DESTINATION_UNKNOWN, TENANT_DETACHED -> ApiError.badRequest(detail);
            case TENANT_NOT_FOUND, SHARD_NOT_FOUND, NODE_NOT_FOUND, OPERATION_NOT_OPEN -> ApiError.notFound(detail);
            case TENANT_SHAPE_DIFFERS,
                    TENANT_DELETING,
                    TENANT_FROZEN,
                    OPERATION_IN_PROGRESS,
                    OPERATION_ABORTING,
                    OPERATION_RUN_DIFFERS,
                    SUPERSEDED,
                    STALE,
                    CELL_EXISTS,
                    NODE_OPERATION_REPEATED,
                    TENANT_SPLITTING,
                    PLAN_OUTDATED,
                    SCHEDULING_STOPPED -> ApiError.conflict(detail);
            case NO_PAGESERVERS, NO_MATCHING_PAGESERVER -> ApiError.conflict("Scheduling error: " + detail);
            case DESTINATION_UNAVAILABLE,
                    WORSE_SCORING_NODE,
                    ORIGIN_DIFFERS,
                    NODE_NOT_ANSWERING,
                    NODE_NOT_FIT,
                    NODE_OPERATION_ONGOING -> ApiError.preconditionFailed(detail);
            case NODE_UNAVAILABLE -> ApiError.unavailable(detail);
            case EXPIRED -> ApiError.unavailable("not done: " + detail);
            case INTERNAL, TENANT_NOT_DETACHED -> ApiError.internal(detail);
        };
    }
}
