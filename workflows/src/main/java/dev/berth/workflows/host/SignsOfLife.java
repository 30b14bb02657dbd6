package dev.berth.workflows.host;

import io.temporal.activity.ActivityExecutionContext;
import io.temporal.client.ActivityCompletionException;
import io.temporal.common.interceptors.ActivityInboundCallsInterceptor;
import io.temporal.common.interceptors.ActivityInboundCallsInterceptorBase;
import io.temporal.common.interceptors.WorkerInterceptorBase;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Ordinary activities tell Temporal that they run, whatever it is that they wait for: another process takes them up soon after theirs has
 * died, and one that is no longer wanted is interrupted. One that hangs is ended by its own bound.
 */
public final class SignsOfLife extends WorkerInterceptorBase {
    private final Duration every;

    public SignsOfLife(Duration every) {
        this.every = every;
    }

    @Override
    public ActivityInboundCallsInterceptor interceptActivity(ActivityInboundCallsInterceptor next) {
        return new Living(next, every);
    }

    private static final class Living extends ActivityInboundCallsInterceptorBase {
        private final Duration every;
        private @Nullable ActivityExecutionContext context;

        Living(ActivityInboundCallsInterceptor next, Duration every) {
            super(next);
            this.every = every;
        }

        @Override
        public void init(ActivityExecutionContext activity) {
            context = activity;
            super.init(activity);
        }

        @Override
        public ActivityOutput execute(ActivityInput input) {
            if (context == null || context.getInfo().isLocal()) {
                return super.execute(input);
            }
            Signs signs = new Signs(context, every);
            try {
                return super.execute(input);
            } catch (RuntimeException e) {
                ActivityCompletionException unwanted = signs.unwanted;
                throw unwanted == null ? e : unwanted;
            } finally {
                signs.end();
            }
        }
    }

    /** Those of one activity, which runs in the thread that makes them. */
    private static final class Signs {
        private final Thread activity = Thread.currentThread();
        private final ActivityExecutionContext context;
        private final Duration every;
        private final Thread giving;
        private boolean isOver;
        private volatile @Nullable ActivityCompletionException unwanted;

        Signs(ActivityExecutionContext context, Duration every) {
            this.context = context;
            this.every = every;
            this.giving = Thread.ofVirtual().name("signs-of-life").start(this::give);
        }

        private void give() {
            try {
                while (true) {
                    Thread.sleep(every);
                    context.heartbeat(null);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (ActivityCompletionException e) {
                interrupt(e);
            }
        }

        private synchronized void interrupt(ActivityCompletionException why) {
            if (!isOver) {
                unwanted = why;
                activity.interrupt();
            }
        }

        /** Nothing is interrupted after this, and what was is not any more. */
        private void end() {
            synchronized (this) {
                isOver = true;
            }
            giving.interrupt();
            if (unwanted != null) {
                Thread.interrupted();
            }
        }
    }
}
