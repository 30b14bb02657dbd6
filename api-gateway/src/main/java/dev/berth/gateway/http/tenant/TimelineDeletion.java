package dev.berth.gateway.http.tenant;

import dev.berth.gateway.Limits;
import dev.berth.gateway.command.Cell;
import dev.berth.gateway.error.ApiError;
import dev.berth.gateway.relay.AttachedShard;
import dev.berth.gateway.relay.Attachments;
import dev.berth.gateway.relay.PageserverRelay;
import dev.berth.gateway.relay.RelayCall;
import dev.berth.gateway.relay.RelayedAnswer;
import dev.berth.schemas.id.TenantId;
import dev.berth.schemas.id.TimelineId;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Deletes a timeline in rounds, on shard zero only when all others no longer have it. */
public final class TimelineDeletion {
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
    private static final Duration PAUSE = Duration.ofSeconds(5);

    private final Attachments attachments;
    private final PageserverRelay relay;

    public TimelineDeletion(Attachments attachments, PageserverRelay relay) {
        this.attachments = attachments;
        this.relay = relay;
    }

    /** Whether it is gone everywhere; false when that takes longer than a caller is kept waiting. */
    boolean delete(TenantId tenant, TimelineId timeline) throws InterruptedException {
        long end = System.nanoTime() + Limits.TIMELINE_DELETE_WAIT.toNanos();
        Duration pause = FIRST_PAUSE;
        while (!attachments.guard(tenant, shards -> isGone(shards, timeline))) {
            if (System.nanoTime() + pause.toNanos() > end) {
                return false;
            }
            Thread.sleep(pause);
            pause = PAUSE;
        }
        return true;
    }

    private boolean isGone(List<AttachedShard> shards, TimelineId timeline) {
        List<CompletableFuture<Boolean>> rest = shards.subList(1, shards.size()).stream()
                .map(shard -> isGone(shard, timeline))
                .toList();
        boolean all = true;
        for (CompletableFuture<Boolean> each : rest) {
            all &= Cell.join(each);
        }
        return all && Cell.join(isGone(shards.getFirst(), timeline));
    }

    private CompletableFuture<Boolean> isGone(AttachedShard shard, TimelineId timeline) {
        return relay.send(RelayCall.management(
                        shard.node(),
                        "timeline",
                        "DELETE",
                        "/v1/tenant/" + shard.shard() + "/timeline/" + timeline,
                        null,
                        Limits.TIMELINE_DELETE_TIMEOUT))
                .thenApply(TimelineDeletion::isGone);
    }

    private static boolean isGone(RelayedAnswer answer) {
        String message = answer.message();
        return switch (answer.status()) {
            case 404 -> true;
            case 200, 202, 409 -> false;
            case 412 -> {
                if (message != null && message.contains("Requested tenant is missing")) {
                    throw TimelineController.migrating();
                }
                throw refused(answer, message);
            }
            case 503 -> throw answer.error();
            default -> throw message == null ? answer.error() : refused(answer, message);
        };
    }

    private static ApiError refused(RelayedAnswer answer, @org.jspecify.annotations.Nullable String message) {
        return ApiError.internal(answer.node().display() + ": " + message);
    }
}
