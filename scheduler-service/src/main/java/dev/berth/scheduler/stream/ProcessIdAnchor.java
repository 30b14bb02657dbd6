package dev.berth.scheduler.stream;

import java.util.Map;
import org.apache.kafka.streams.processor.StateRestoreCallback;
import org.apache.kafka.streams.processor.StateStore;
import org.apache.kafka.streams.processor.StateStoreContext;
import org.apache.kafka.streams.state.StoreBuilder;

/**
 * A store that is called persistent and holds nothing. Streams keeps its process id on disk only for a topology with a persistent store; with
 * another id after a kill come other transactional ids, and the old transaction blocks every reader until it times out (P17).
 */
final class ProcessIdAnchor implements StateStore {
    static final String NAME = "process-id-anchor";
    private boolean open;

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public void init(StateStoreContext context, StateStore root) {
        context.register(root, (StateRestoreCallback) (key, value) -> {});
        open = true;
    }

    @Override
    public boolean persistent() {
        return true;
    }

    @Override
    public boolean isOpen() {
        return open;
    }

    @Override
    public void close() {
        open = false;
    }

    static StoreBuilder<ProcessIdAnchor> builder() {
        return new Builder();
    }

    private static final class Builder implements StoreBuilder<ProcessIdAnchor> {
        @Override
        public ProcessIdAnchor build() {
            return new ProcessIdAnchor();
        }

        @Override
        public String name() {
            return NAME;
        }

        @Override
        public boolean loggingEnabled() {
            return false;
        }

        @Override
        public Map<String, String> logConfig() {
            return Map.of();
        }

        @Override
        public StoreBuilder<ProcessIdAnchor> withCachingEnabled() {
            return this;
        }

        @Override
        public StoreBuilder<ProcessIdAnchor> withCachingDisabled() {
            return this;
        }

        @Override
        public StoreBuilder<ProcessIdAnchor> withLoggingEnabled(Map<String, String> config) {
            throw new UnsupportedOperationException("there is nothing to log");
        }

        @Override
        public StoreBuilder<ProcessIdAnchor> withLoggingDisabled() {
            return this;
        }
    }
}
