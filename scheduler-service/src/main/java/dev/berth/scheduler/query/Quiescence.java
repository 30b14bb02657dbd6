package dev.berth.scheduler.query;

import dev.berth.ledger.Ledger;
import dev.berth.schemas.command.RequestQuiescence;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** Asks how much is not as intended, after everything that the ledger was told before the call has reached the log (P24). */
public final class Quiescence implements AutoCloseable {
    private static final Duration LOOK_AGAIN = Duration.ofMillis(10);

    /** What is waiting to be relayed; calls block. */
    public interface Facts {
        /** Number of the newest one. */
        long highest();

        /** Whether everything up to a number was relayed. */
        boolean areRelayedUpTo(long number);

        static Facts of(Ledger ledger) {
            return new Facts() {
                @Override
                public long highest() {
                    return ledger.outboxHighest();
                }

                @Override
                public boolean areRelayedUpTo(long number) {
                    return ledger.outboxEmptyUpTo(number);
                }
            };
        }
    }

    /** Something that was there when quiescence was asked for has not reached the log in time. */
    public static final class NotRelayed extends RuntimeException {
        private static final long serialVersionUID = 1L;

        NotRelayed(long number, Duration bound) {
            super("what the ledger was told up to fact " + number + " has not reached the log within " + bound);
        }
    }

    private final CommandClient client;
    private final Facts facts;
    private final ExecutorService waiting = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("quiescence-", 0).factory());

    public Quiescence(CommandClient client, Facts facts) {
        this.client = client;
        this.facts = facts;
    }

    /**
     * Completes with the outcome, whose reply is a {@link dev.berth.schemas.reply.Reply.Quiescence}. Fails with {@link NotRelayed}, or as
     * {@link CommandClient#submit} and the ledger do.
     */
    public CompletableFuture<Submitted> request(Duration bound) {
        long until = System.nanoTime() + bound.toNanos();
        return CompletableFuture.runAsync(() -> awaitRelayed(until, bound), waiting)
                .thenCompose(relayed -> {
                    Duration left = Duration.ofNanos(Math.max(1, until - System.nanoTime()));
                    return client.submit(new RequestQuiescence(), left, left);
                });
    }

    private void awaitRelayed(long until, Duration bound) {
        long highest = facts.highest();
        while (highest > 0 && !facts.areRelayedUpTo(highest)) {
            if (System.nanoTime() >= until) {
                throw new NotRelayed(highest, bound);
            }
            pause();
        }
    }

    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(LOOK_AGAIN.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ViewFailure.Closed();
        }
    }

    @Override
    public void close() {
        waiting.shutdownNow();
    }
}
