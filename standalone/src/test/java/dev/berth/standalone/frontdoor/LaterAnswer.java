package dev.berth.standalone.frontdoor;

import dev.berth.standalone.frontdoor.LiveCell.Answer;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** Requests whose answers nobody waits for yet. */
final class LaterAnswer {
    private LaterAnswer() {}

    static CompletableFuture<Answer> to(Supplier<Answer> request) {
        return CompletableFuture.supplyAsync(request, task -> Thread.ofVirtual().start(task));
    }
}
