package dev.berth.workers.shard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.schemas.command.RenewLeases;
import dev.berth.schemas.id.TenantId;
import dev.berth.schemas.id.TenantShardId;
import dev.berth.schemas.model.WorkRef;
import dev.berth.schemas.reply.Outcome;
import dev.berth.schemas.reply.Reply;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class LeasesTest {
    private static final TenantShardId SHARD = new TenantShardId(new TenantId(1, 2), 0, 0);

    private long nanos = System.nanoTime();
    private final List<RenewLeases> renewed = new ArrayList<>();
    private final CompletableFuture<Outcome> renewal = new CompletableFuture<>();
    private final Leases leases = new Leases("w", this::renewed, node -> true, () -> nanos);

    @Test
    void workDeliveredTwiceStartsOnce() {
        Leases.Lease first = take(7);
        Leases.Lease second = take(7);

        assertThat(first.mayStart()).isTrue();
        assertThat(second.mayStart()).isFalse();

        second.end();
        assertThat(leases.held()).containsExactly(new WorkRef(SHARD, 7));
        first.end();
        assertThat(take(7).mayStart()).isTrue();
    }

    @Test
    void workWhoseLeaseIsAllButOverDoesNotStart() {
        Leases.Lease late = leases.take(SHARD, 7, System.currentTimeMillis());

        assertThat(late.mayStart()).isFalse();
        assertThat(leases.held()).isEmpty();
    }

    @Test
    void whatIsNotRenewedMayNotGoOn() {
        Leases.Lease lost = take(7);
        Leases.Lease kept = leases.take(SHARD, 8, System.currentTimeMillis() + 10_000);

        leases.renew();
        renewal.complete(new Outcome.Accepted(new Reply.LeasesLost(List.of(new WorkRef(SHARD, 7)))));

        assertThat(lost.mayStart()).isFalse();
        assertThat(kept.mayStart()).isTrue();
        assertThat(leases.held()).containsExactly(new WorkRef(SHARD, 8));
    }

    @Test
    void workThatHangsIsGivenUp() {
        take(7);
        nanos += Duration.ofMinutes(10).toNanos();
        leases.renew();
        nanos++;
        leases.renew();

        assertThat(renewed).hasSize(1);
        assertThat(leases.held()).isEmpty();
    }

    private Leases.Lease take(long sequence) {
        return leases.take(SHARD, sequence, System.currentTimeMillis() + 10_000);
    }

    private CompletableFuture<Outcome> renewed(RenewLeases command) {
        renewed.add(command);
        return renewal;
    }
}
