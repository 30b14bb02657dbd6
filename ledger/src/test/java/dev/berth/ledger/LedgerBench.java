package dev.berth.ledger;

import dev.berth.ledger.ProjectionBatch.LocationKey;
import dev.berth.ledger.ProjectionBatch.LocationProjection;
import dev.berth.ledger.ProjectionBatch.Role;
import dev.berth.schemas.id.Generation;
import dev.berth.schemas.id.NodeId;
import dev.berth.schemas.model.ShardGeneration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;

/** Prints what the ledger's statements cost on this machine, with 100,000 other shards beside. Durable: fsync is on. */
final class LedgerBench {
    private static final int REPEATS = 30;
    private static final int OTHERS = 100_000;
    private static final NodeId SOURCE = NodeId.of(9001);

    private final Ledger ledger;
    private int nextTenant;

    private LedgerBench(Ledger ledger) {
        this.ledger = ledger;
    }

    public static void main(String[] args) throws Exception {
        LedgerOptions options = TestPostgres.newCell().withPoolSize(16);
        try (Ledger ledger = Ledger.open(options, LedgerObserver.NONE)) {
            ledger.createCell(new CellIdentity(options.cell(), 1, "kafka", "topic"));
            new LedgerBench(ledger).run();
        }
        System.exit(0);
    }

    private void run() throws Exception {
        for (int i = 0; i < OTHERS / 1000; i++) {
            create(1000, NodeId.of(i % 50));
        }
        print("bump 1, new tenant", () -> create(1, SOURCE));
        List<TenantRows> one = create(1, SOURCE);
        long[] sequence = {1};
        print("bump 1, known tenant", () -> bump(one, SOURCE, ++sequence[0]));
        print("bump 256, new tenants", () -> create(256, SOURCE));
        List<TenantRows> batch = create(256, SOURCE);
        print("bump 256, node changes", () -> bump(batch, NodeId.of(++sequence[0] % 40), sequence[0]));
        throughput(16);
        List<ShardGeneration> hundred = batch.subList(0, 100).stream()
                .map(each -> new ShardGeneration(LedgerFixture.shard(each, 0), new Generation(1)))
                .toList();
        print("validate 100", () -> ledger.validate(hundred));
        print("read tenant", () -> ledger.readTenant(batch.getFirst().tenant()));
        reattach(2_000, 0);
        reattach(10_000, 0);
        reattach(10_000, 10_000);
        project();
    }

    private void throughput(int callers) throws Exception {
        int each = 200;
        List<Callable<Object>> tasks = IntStream.range(0, callers)
                .<Callable<Object>>mapToObj(caller -> {
                    List<TenantRows> own = create(1, SOURCE);
                    return () -> {
                        for (long sequence = 2; sequence < 2 + each; sequence++) {
                            bump(own, SOURCE, sequence);
                        }
                        return own;
                    };
                })
                .toList();
        BumpTest.together(tasks);
        long begun = System.nanoTime();
        tasks = IntStream.range(0, callers)
                .<Callable<Object>>mapToObj(caller -> () -> {
                    for (int i = 0; i < each; i++) {
                        create(1, SOURCE);
                    }
                    return caller;
                })
                .toList();
        BumpTest.together(tasks);
        System.out.printf("%-34s %8.0f /s%n", callers + " callers, new tenants", callers * each / seconds(begun));
    }

    private void reattach(int attached, int secondary) {
        NodeId node = NodeId.of(100_000 + nextTenant);
        ledger.register(LedgerFixture.node(node));
        for (int i = 0; i < attached / 1000; i++) {
            create(1000, node);
        }
        for (int i = 0; i < secondary / 1000; i++) {
            locate(create(1000, SOURCE), node);
        }
        ledger.relayOutbox(10_000, rows -> {});
        print("reattach " + attached + " + " + secondary + " secondary", () -> {
            ledger.reattach(new ReattachRequest(node, Optional.empty()));
        });
        ledger.relayOutbox(10_000, rows -> {});
    }

    private long position;

    private void locate(List<TenantRows> tenants, NodeId node) {
        List<LocationProjection> locations = tenants.stream()
                .map(each -> new LocationProjection(
                        new LocationKey(LedgerFixture.shard(each, 0), node), Role.SECONDARY, 2048))
                .toList();
        position++;
        ledger.project(new ProjectionBatch(
                position, position, List.of(), List.of(), List.of(), locations, List.of(), List.of()));
    }

    private void project() {
        List<TenantRows> tenants = create(512, SOURCE);
        int[] round = {0};
        print("project 512 locations", () -> locate(tenants, NodeId.of(200_000 + round[0]++ % 2)));
    }

    private List<TenantRows> create(int count, NodeId node) {
        List<TenantRows> tenants = new ArrayList<>(count);
        synchronized (this) {
            for (int i = 0; i < count; i++) {
                tenants.add(LedgerFixture.rows(++nextTenant, 0));
            }
        }
        bump(tenants, node, 1);
        return tenants;
    }

    private void bump(List<TenantRows> tenants, NodeId node, long sequence) {
        ledger.bump(tenants.stream()
                .map(each -> new BumpRequest(
                        each, LedgerFixture.shard(each, 0), sequence == 1 ? null : new Generation(1), node, sequence))
                .toList());
    }

    private static void print(String what, Runnable measured) {
        for (int i = 0; i < 10; i++) {
            measured.run();
        }
        double[] millis = new double[REPEATS];
        for (int i = 0; i < REPEATS; i++) {
            long begun = System.nanoTime();
            measured.run();
            millis[i] = seconds(begun) * 1000;
        }
        Arrays.sort(millis);
        System.out.printf(
                "%-34s min %8.2f ms  p50 %8.2f ms  p90 %8.2f ms%n",
                what, millis[0], millis[REPEATS / 2], millis[REPEATS * 9 / 10]);
    }

    private static double seconds(long begun) {
        return (System.nanoTime() - begun) / 1e9;
    }
}
