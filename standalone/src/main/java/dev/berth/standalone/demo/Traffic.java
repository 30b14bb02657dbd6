package dev.berth.standalone.demo;

import dev.berth.standalone.client.CallFailure;
import dev.berth.standalone.client.ControllerApi;
import dev.berth.standalone.demo.Cast.Tenant;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Clients that go on while things are killed: some create timelines and remember what was acknowledged, some ask where tenants
 * are, and one asks like a pageserver whether a generation is valid, which must never go unanswered.
 */
final class Traffic implements AutoCloseable {
    private static final int WRITERS = 2;
    private static final int READERS = 2;
    private static final Duration PAUSE = Duration.ofMillis(100);
    private static final Duration UPCALL_MAX = Duration.ofSeconds(5);

    private final ControllerApi api;
    private final ControllerApi upcalls;
    private final List<Tenant> tenants;
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final List<Thread> clients = new ArrayList<>();
    private final AtomicInteger written = new AtomicInteger();
    private final AtomicInteger refused = new AtomicInteger();
    private final AtomicInteger read = new AtomicInteger();
    private final AtomicInteger validated = new AtomicInteger();
    private final AtomicInteger upcallsFailed = new AtomicInteger();
    private volatile String lastUpcallFailure = "";

    private Traffic(ControllerApi api, Cast cast) {
        this.api = api;
        this.upcalls = new ControllerApi(api.http().within(UPCALL_MAX));
        this.tenants = cast.tenants();
    }

    static Traffic start(ControllerApi api, Cast cast, long seed) {
        Traffic traffic = new Traffic(api, cast);
        for (int i = 0; i < WRITERS; i++) {
            Random random = new Random(seed + i);
            traffic.run(() -> traffic.write(random));
        }
        for (int i = 0; i < READERS; i++) {
            Random random = new Random(seed + WRITERS + i);
            traffic.run(() -> traffic.read(random));
        }
        Random random = new Random(seed - 1);
        traffic.run(() -> traffic.validate(random));
        return traffic;
    }

    private void run(Runnable step) {
        clients.add(Thread.ofVirtual().start(() -> {
            try {
                do {
                    step.run();
                } while (!stopped.await(PAUSE.toMillis(), TimeUnit.MILLISECONDS));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }));
    }

    private void write(Random random) {
        Tenant tenant = tenants.get(random.nextInt(tenants.size()));
        String timeline = Cast.id(random);
        try {
            api.createTimeline(tenant.id(), timeline);
            tenant.timelines().add(timeline);
            written.incrementAndGet();
        } catch (CallFailure e) {
            refused.incrementAndGet();
        }
    }

    private void read(Random random) {
        try {
            api.locate(tenants.get(random.nextInt(tenants.size())).id());
            read.incrementAndGet();
        } catch (CallFailure e) {
            refused.incrementAndGet();
        }
    }

    /** Generation 1 is answered for every tenant, rightly with yes or no; what matters is that it is answered. */
    private void validate(Random random) {
        Tenant tenant = tenants.get(random.nextInt(tenants.size()));
        String shard = tenant.count() == 0 ? tenant.id() : tenant.id() + String.format("-00%02x", tenant.count());
        try {
            upcalls.validate(shard, 1);
            validated.incrementAndGet();
        } catch (CallFailure e) {
            upcallsFailed.incrementAndGet();
            lastUpcallFailure = String.valueOf(e.getMessage());
        }
    }

    String summary() {
        return written + " timelines created, " + read + " times located, " + validated + " times validated; " + refused
                + " requests refused while parts were dead";
    }

    int validated() {
        return validated.get();
    }

    int upcallsFailed() {
        return upcallsFailed.get();
    }

    String lastUpcallFailure() {
        return lastUpcallFailure;
    }

    @Override
    public void close() {
        stopped.countDown();
        for (Thread client : clients) {
            try {
                client.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
