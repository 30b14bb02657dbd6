package dev.berth.workflows.port;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** The calls that all fakes of one test received, in order, and what the test does when one arrives. */
public final class Journal {
    /** What happens instead of, or before, the call's effect. */
    @FunctionalInterface
    public interface Hook {
        void run() throws Exception;
    }

    /** A hook throws it to let a pageserver answer with this status. */
    public static final class Answered extends RuntimeException {
        private static final long serialVersionUID = 1L;
        final int status;

        public Answered(int status) {
            super("status " + status);
            this.status = status;
        }
    }

    private final List<String> calls = new ArrayList<>();
    private final Map<String, Hook> once = new LinkedHashMap<>();
    private final Map<String, Hook> always = new LinkedHashMap<>();

    /** Runs the hook at the first call that begins with the text. */
    public synchronized void once(String call, Hook hook) {
        once.put(call, hook);
    }

    public synchronized void always(String call, Hook hook) {
        always.put(call, hook);
    }

    /** The calls with the time-dependent repetitions of waiting left in. */
    public synchronized List<String> calls() {
        return List.copyOf(calls);
    }

    public synchronized long count(String call) {
        return calls.stream().filter(entry -> entry.startsWith(call)).count();
    }

    void enter(String call) throws Exception {
        Hook hook = note(call);
        if (hook != null) {
            hook.run();
        }
    }

    /** For ports that cannot throw checked exceptions. */
    void enterQuietly(String call) throws InterruptedException {
        try {
            enter(call);
        } catch (InterruptedException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private synchronized @Nullable Hook note(String call) {
        calls.add(call);
        for (String key : List.copyOf(once.keySet())) {
            if (call.startsWith(key)) {
                return once.remove(key);
            }
        }
        return always.entrySet().stream()
                .filter(entry -> call.startsWith(entry.getKey()))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse(null);
    }

    static <T> T unchecked(Callable<T> call) {
        try {
            return call.call();
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
