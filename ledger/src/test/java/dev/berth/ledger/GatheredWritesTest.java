package dev.berth.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.berth.ledger.FencedWrite.Outcome;
import dev.berth.schemas.id.Generation;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.id.ShardCount;
import dev.berth.schemas.id.TenantId;
import dev.berth.schemas.id.TenantShardId;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class GatheredWritesTest {
    private static final int POISONED = 99;

    private final ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor();
    private final List<Integer> statements = new CopyOnWriteArrayList<>();
    private final CountDownLatch gate = new CountDownLatch(1);
    private volatile RuntimeException failure;
    private final GatheredWrites writes = new GatheredWrites(this::statement);

    @AfterEach
    void endCallers() {
        gate.countDown();
        callers.shutdownNow();
    }

    @Test
    void aCallerAloneWaitsForNobody() {
        gate.countDown();

        assertThat(writes.write(List.of(write(1), write(2)))).containsExactly(outcome(1), outcome(2));
        assertThat(statements).containsExactly(2);
    }

    @Test
    void whatComesMeanwhileGoesTogetherAndEachGetsItsOwnOutcomes() {
        CompletableFuture<List<Outcome>> blocked = occupied();
        List<CompletableFuture<List<Outcome>>> gathered = new ArrayList<>();
        for (int i = 10; i < 40; i += 2) {
            gathered.add(call(i, i + 1));
        }
        await().until(() -> writes.waiting() == gathered.size());

        gate.countDown();

        assertThat(blocked.join()).containsExactly(outcome(1));
        for (int i = 0; i < gathered.size(); i++) {
            assertThat(gathered.get(i).join()).containsExactly(outcome(10 + 2 * i), outcome(11 + 2 * i));
        }
        assertThat(statements).startsWith(1, 1).contains(2 * gathered.size()).hasSize(3);
    }

    @Test
    void aRefusedWriteHoldsUpNoOther() {
        occupied();
        CompletableFuture<List<Outcome>> good = call(3);
        CompletableFuture<List<Outcome>> bad = call(POISONED);
        await().until(() -> writes.waiting() == 2);

        gate.countDown();

        assertThat(good.join()).containsExactly(outcome(3));
        assertThatThrownBy(bad::join).hasCauseExactlyInstanceOf(LedgerException.class);
    }

    @Test
    void anOutageIsToldToAllWithoutFurtherTries() {
        failure = new LedgerUnavailableException("gone", new IllegalStateException());
        gate.countDown();

        assertThatThrownBy(() -> writes.write(List.of(write(1)))).isSameAs(failure);
        assertThat(statements).containsExactly(1);
    }

    /** As many statements under way as there may be; the first one's call. */
    private CompletableFuture<List<Outcome>> occupied() {
        CompletableFuture<List<Outcome>> first = call(1);
        await().until(() -> statements.size() == 1);
        call(2);
        await().until(() -> statements.size() == 2);
        return first;
    }

    private CompletableFuture<List<Outcome>> call(int... numbers) {
        List<FencedWrite> own = new ArrayList<>();
        for (int number : numbers) {
            own.add(write(number));
        }
        return CompletableFuture.supplyAsync(() -> writes.write(own), callers);
    }

    private List<Outcome> statement(List<FencedWrite> all) {
        statements.add(all.size());
        try {
            gate.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        if (failure != null) {
            throw failure;
        }
        if (all.stream().anyMatch(write -> write.sequence() == POISONED)) {
            throw new LedgerException("refused", new IllegalStateException());
        }
        return all.stream().map(write -> outcome(write.sequence())).toList();
    }

    private static Outcome outcome(long number) {
        return new Outcome.Written(new Generation(number));
    }

    private static FencedWrite write(int number) {
        TenantId tenant = new TenantId(1, number);
        TenantRows rows = new TenantRows(tenant, 1, ShardCount.UNSHARDED, 2048, new Generation(0));
        return new FencedWrite(rows, new TenantShardId(tenant, 0, 0), null, NodeId.of(1), number);
    }
}
