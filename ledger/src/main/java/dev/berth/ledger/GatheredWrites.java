package dev.berth.ledger;

import dev.berth.ledger.FencedWrite.Outcome;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * Writes of several callers in one statement: what comes while statements are under way is gathered, and goes with the next one. A caller
 * alone waits for nobody. Any thread may call.
 */
final class GatheredWrites {
    /** Statements at a time: one is committed while the next one runs. */
    private static final int AT_ONCE = 2;

    /** Writes in one statement, unless a single caller brings more. */
    private static final int WRITES_MAX = 512;

    /** Carries out one statement. */
    @FunctionalInterface
    interface Statement {
        List<Outcome> write(List<FencedWrite> writes);
    }

    private record Call(List<FencedWrite> writes, CompletableFuture<List<Outcome>> outcomes) {}

    private final Statement statement;
    private final Deque<Call> waiting = new ArrayDeque<>();
    private int running;

    GatheredWrites(Statement statement) {
        this.statement = statement;
    }

    /** The outcomes of the caller's own writes, in their order. What fails for the company it was in is tried alone. */
    List<Outcome> write(List<FencedWrite> writes) {
        Call call = new Call(writes, new CompletableFuture<>());
        if (mayBegin(call)) {
            Thread.startVirtualThread(this::carryOut);
        }
        try {
            return call.outcomes.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof LedgerException failure) {
                throw failure;
            }
            throw e;
        }
    }

    /** How many callers wait for a statement to begin. */
    synchronized int waiting() {
        return waiting.size();
    }

    private synchronized boolean mayBegin(Call call) {
        waiting.add(call);
        if (running == AT_ONCE) {
            return false;
        }
        running++;
        return true;
    }

    private void carryOut() {
        for (List<Call> calls = next(); !calls.isEmpty(); calls = next()) {
            carryOut(calls);
        }
    }

    private synchronized List<Call> next() {
        List<Call> calls = new ArrayList<>();
        int writes = 0;
        while (!waiting.isEmpty()
                && (calls.isEmpty() || writes + waiting.element().writes.size() <= WRITES_MAX)) {
            Call call = waiting.remove();
            calls.add(call);
            writes += call.writes.size();
        }
        if (calls.isEmpty()) {
            running--;
        }
        return calls;
    }

    private void carryOut(List<Call> calls) {
        try {
            List<Outcome> outcomes = statement.write(
                    calls.stream().flatMap(call -> call.writes.stream()).toList());
            int begin = 0;
            for (Call call : calls) {
                int end = begin + call.writes.size();
                call.outcomes.complete(List.copyOf(outcomes.subList(begin, end)));
                begin = end;
            }
        } catch (LedgerUnavailableException e) {
            calls.forEach(call -> call.outcomes.completeExceptionally(e));
        } catch (RuntimeException | Error e) {
            // Nobody may wait for an outcome that will not come.
            if (calls.size() == 1) {
                calls.getFirst().outcomes.completeExceptionally(e);
            } else {
                calls.forEach(call -> carryOut(List.of(call)));
            }
        }
    }
}
