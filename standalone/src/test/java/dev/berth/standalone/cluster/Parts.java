package dev.berth.standalone.cluster;

import org.jspecify.annotations.Nullable;

/**
 * Kafka, Postgres and Temporal for one run of tests, shared by all of them. Started when first asked for and stopped when the
 * JVM ends. {@code -Dberth.test.parts=testcontainers} takes the official images instead of the embedded servers.
 */
public interface Parts extends AutoCloseable {
    String SWITCH = "berth.test.parts";

    String bootstrapServers();

    /** In the form of {@code --database-url}. */
    String databaseUrl();

    String temporal();

    @Override
    void close();

    static Parts shared() {
        return Shared.parts();
    }

    /** Started by the first use; what kept them from starting is told to every test that asks. */
    final class Shared {
        private static @Nullable Parts parts;
        private static @Nullable RuntimeException failure;

        private Shared() {}

        private static synchronized Parts parts() {
            if (failure != null) {
                throw failure;
            }
            Parts started = parts;
            if (started == null) {
                try {
                    started = start(System.getProperty(SWITCH, "embedded"));
                } catch (RuntimeException e) {
                    failure = e;
                    throw e;
                }
                parts = started;
                Runtime.getRuntime().addShutdownHook(new Thread(started::close, "parts-stop"));
            }
            return started;
        }

        private static Parts start(String kind) {
            return switch (kind) {
                case "embedded" -> EmbeddedParts.start();
                case "testcontainers" -> ContainerParts.start();
                default ->
                    throw new IllegalArgumentException(
                            SWITCH + " is '" + kind + "'; it must be embedded or testcontainers");
            };
        }
    }
}
