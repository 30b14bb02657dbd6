package dev.berth.standalone.parts;

import java.nio.file.Path;

/**
 * Kafka as a process of its own: {@code KafkaMain FOLDER PORT}. Prints {@code ready HOST:PORT} when it serves and stops
 * cleanly on SIGTERM.
 */
public final class KafkaMain {
    private KafkaMain() {}

    public static void main(String[] args) {
        PartMain.run("kafka", args, 2, () -> {
            EmbeddedKafka kafka = EmbeddedKafka.start(Path.of(args[0]), Integer.parseInt(args[1]));
            return new PartMain.Running(kafka.bootstrapServers(), kafka, kafka::awaitEnd);
        });
    }
}
