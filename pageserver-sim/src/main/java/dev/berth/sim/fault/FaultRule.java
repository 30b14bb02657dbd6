package dev.berth.sim.fault;

import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;

/**
 * A rule on requests. It is matched against the method (or {@code *}) and, as a regular expression found anywhere, the
 * path with its query. It acts a number of times, or until it is cleared, each time with a probability drawn from its
 * own seed. A rule of phase {@link Phase#AFTER} lets the request take effect first and spoils the answer only.
 */
public final class FaultRule {
    /** Before or after the request has taken effect. */
    public enum Phase {
        BEFORE,
        AFTER
    }

    public static final int FOREVER = -1;

    private final String method;
    private final Pattern path;
    private final FaultAction action;
    private final Phase phase;
    private final AtomicInteger remaining;
    private final AtomicInteger hits = new AtomicInteger();
    private final double probability;
    private final Random random;
    private final CountDownLatch cleared = new CountDownLatch(1);

    private FaultRule(String method, Pattern path, FaultAction action, Phase phase, int count, Chance chance) {
        this.method = method;
        this.path = path;
        this.action = action;
        this.phase = phase;
        this.remaining = new AtomicInteger(count);
        this.probability = chance.probability();
        this.random = new Random(chance.seed());
    }

    private record Chance(double probability, long seed) {}

    /** A rule that always acts, before the request, until it is cleared. */
    public static FaultRule of(String method, String pathRegex, FaultAction action) {
        return new FaultRule(method, Pattern.compile(pathRegex), action, Phase.BEFORE, FOREVER, new Chance(1, 0));
    }

    /** The same rule for a limited number of requests. */
    public FaultRule times(int count) {
        return new FaultRule(method, path, action, phase, count, new Chance(probability, 0));
    }

    /** The same rule acting after the request has taken effect. */
    public FaultRule afterEffect() {
        return new FaultRule(method, path, action, Phase.AFTER, remaining.get(), new Chance(probability, 0));
    }

    /** The same rule acting by chance. */
    public FaultRule withProbability(double newProbability, long seed) {
        return new FaultRule(method, path, action, phase, remaining.get(), new Chance(newProbability, seed));
    }

    public FaultAction action() {
        return action;
    }

    public Phase phase() {
        return phase;
    }

    /** How often the rule has acted. */
    public int hits() {
        return hits.get();
    }

    /** What the rule looks like in answers. */
    public String describe() {
        return "%s %s %s %s remaining=%d hits=%d".formatted(phase, method, path, action, remaining.get(), hits.get());
    }

    /** True if the rule acts on this request, which then counts. */
    boolean takes(String requestMethod, String uri) {
        if (cleared.getCount() == 0
                || !(method.equals("*") || method.equalsIgnoreCase(requestMethod))
                || !path.matcher(uri).find()) {
            return false;
        }
        synchronized (random) {
            if (probability < 1 && random.nextDouble() >= probability) {
                return false;
            }
        }
        int before = remaining.getAndUpdate(left -> left > 0 ? left - 1 : left);
        if (before == 0) {
            return false;
        }
        hits.incrementAndGet();
        return true;
    }

    boolean isSpent() {
        return remaining.get() == 0;
    }

    /** Ends the rule and lets go of what hangs in it. */
    public void clear() {
        cleared.countDown();
    }

    /** Returns when the rule is cleared. */
    public void awaitCleared() throws InterruptedException {
        cleared.await();
    }
}
