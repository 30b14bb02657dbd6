package dev.berth.scheduler.stream;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.streams.KafkaClientSupplier;
import org.apache.kafka.streams.processor.internals.DefaultKafkaClientSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Clients of a cell's one writer. Its consumer gathers what has come, and notes how far the records reach that it has handed over. Its
 * producer has the cell's own transactional id: who becomes the writer ends the transaction of the one before and shuts it out, wherever
 * that one runs, before the state is restored (P17).
 */
final class WriterClients implements KafkaClientSupplier {
    private final KafkaClientSupplier clients = new DefaultKafkaClientSupplier();
    private final String transactionalId;
    private final Batch batch;

    /** @param application name of the stream, which is the cell's own */
    WriterClients(String application, Batch batch) {
        this.transactionalId = application + "-writer";
        this.batch = batch;
    }

    @Override
    public Admin getAdmin(Map<String, Object> config) {
        return clients.getAdmin(config);
    }

    @Override
    @SuppressWarnings("unchecked")
    public Producer<byte[], byte[]> getProducer(Map<String, Object> config) {
        Map<String, Object> own = new HashMap<>(config);
        own.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, transactionalId);
        Producer<byte[], byte[]> producer = clients.getProducer(own);
        SparseOffsets offsets = new SparseOffsets(System::nanoTime);
        return (Producer<byte[], byte[]>) Proxy.newProxyInstance(
                Producer.class.getClassLoader(), new Class<?>[] {Producer.class}, (proxy, method, arguments) -> {
                    boolean isLeftOut = method.getName().equals("sendOffsetsToTransaction") && !offsets.areDue();
                    return isLeftOut ? null : invoke(method, producer, arguments);
                });
    }

    @Override
    @SuppressWarnings("unchecked")
    public Consumer<byte[], byte[]> getConsumer(Map<String, Object> config) {
        Consumer<byte[], byte[]> consumer = clients.getConsumer(config);
        GatheringPoll gathering = new GatheringPoll(consumer, System::nanoTime);
        return (Consumer<byte[], byte[]>) Proxy.newProxyInstance(
                Consumer.class.getClassLoader(), new Class<?>[] {Consumer.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("poll")) {
                        ConsumerRecords<byte[], byte[]> records = gathering.poll((Duration) arguments[0]);
                        records.forEach(record -> batch.fetched(record.offset()));
                        return records;
                    }
                    return invoke(method, consumer, arguments);
                });
    }

    @Override
    public Consumer<byte[], byte[]> getRestoreConsumer(Map<String, Object> config) {
        return clients.getRestoreConsumer(config);
    }

    @Override
    public Consumer<byte[], byte[]> getGlobalConsumer(Map<String, Object> config) {
        return clients.getGlobalConsumer(config);
    }

    private static @Nullable Object invoke(Method method, Object client, Object[] arguments) throws Throwable {
        try {
            return method.invoke(client, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }
}
