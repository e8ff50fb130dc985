package dev.millrace.stack.bench;

import dev.millrace.contract.CustomerEvent;
import dev.millrace.core.event.Event;
import dev.millrace.runtime.config.MillraceConfig;
import dev.millrace.runtime.kafka.AvroEncoder;
import dev.millrace.runtime.kafka.EventContract;
import dev.millrace.runtime.kafka.RawEventProducer;
import dev.millrace.runtime.kafka.SchemaRegistry;
import dev.millrace.stack.StackException;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.RecordMetadata;

/** The way into the raw topic: lz4, acknowledged. The first record that Kafka does not take ends it. */
final class RawFeed implements AutoCloseable {
    private static final int BATCH = 1_000;
    private static final int BATCHES_UNDER_WAY = 16;
    private static final int BUFFER_BYTES = 1 << 20;
    private static final long SAY_EVERY = 1_000_000;
    /** Waking more often takes processor time from what is measured. */
    private static final long WAKE_EVERY_NANOS = Duration.ofMillis(5).toNanos();
    /** How long events wait for others, as StitchJob's do. What is measured begins when the broker has them. */
    private static final String LINGER_MILLIS = "20";

    private final MillraceConfig config;
    private final RawEventProducer producer;
    private volatile Exception failure;
    private volatile long sentLive;

    RawFeed(MillraceConfig config) {
        this.config = config;
        this.producer = new RawEventProducer(
                config.kafka(), config.registry(), config.topics().produced(), Map.of("linger.ms", LINGER_MILLIS));
    }

    /** Sends so many events as fast as it can, and says how many that were a second. */
    double fill(Supplier<Event> stream, long count, Consumer<String> progress) {
        long begun = System.nanoTime();
        BlockingQueue<List<Event>> batches = new ArrayBlockingQueue<>(BATCHES_UNDER_WAY);
        // One thread makes events up, another encodes and compresses: each is as slow as the other.
        Thread maker = new Thread(() -> make(stream, count, batches), "generator");
        maker.setDaemon(true);
        maker.start();
        try {
            for (long sent = 0; sent < count; ) {
                List<Event> batch = batches.take();
                if (batch.isEmpty()) {
                    throw new StackException("the generator failed; what it says is above");
                }
                batch.forEach(event -> producer.send(event, this::acknowledged));
                throwFailure();
                sent += batch.size();
                if (sent % SAY_EVERY == 0) {
                    progress.accept(String.format(Locale.ROOT, "%,d of %,d events are in the raw topic", sent, count));
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StackException("interrupted", e);
        } finally {
            maker.interrupt();
        }
        flush();
        return count * 1e9 / (System.nanoTime() - begun);
    }

    /** An empty batch says that nothing comes any more. */
    private static void make(Supplier<Event> stream, long count, BlockingQueue<List<Event>> batches) {
        try {
            try {
                for (long made = 0; made < count; ) {
                    List<Event> batch = new ArrayList<>(BATCH);
                    while (batch.size() < BATCH && made < count) {
                        batch.add(stream.get());
                        made++;
                    }
                    batches.put(batch);
                }
            } catch (RuntimeException e) {
                batches.put(List.of());
                throw e;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Writes events to a file, encoded, so that sending them live costs little of what is measured. */
    void prepare(Supplier<Event> stream, long count, Path file) {
        int schemaId;
        try (SchemaRegistry registry = new SchemaRegistry(config.registry())) {
            schemaId = registry.id(config.topics().produced(), CustomerEvent.getClassSchema());
        }
        AvroEncoder<CustomerEvent> encoder = new AvroEncoder<>(CustomerEvent.getClassSchema(), schemaId);
        try (DataOutputStream out =
                new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(file), BUFFER_BYTES))) {
            for (long made = 0; made < count; made++) {
                Event event = stream.get();
                String key = event.userId() != null ? event.userId() : event.anonymousId();
                write(out, key.getBytes(StandardCharsets.UTF_8));
                write(out, encoder.encode(EventContract.toContract(event)));
            }
        } catch (IOException e) {
            throw new StackException("can't write " + file + ": " + e.getMessage(), e);
        }
    }

    /** Sends what was prepared at a steady rate, and says at which it did: no faster, but slower where it must. */
    double live(Path file, long count, double perSecond) {
        sentLive = 0;
        long begun = System.nanoTime();
        try (DataInputStream in =
                new DataInputStream(new BufferedInputStream(Files.newInputStream(file), BUFFER_BYTES))) {
            for (long sent = 0; sent < count; sent++) {
                long dueNanos = begun + (long) (sent * 1e9 / perSecond);
                while (dueNanos - System.nanoTime() > WAKE_EVERY_NANOS) {
                    LockSupport.parkNanos(WAKE_EVERY_NANOS);
                    if (Thread.currentThread().isInterrupted()) {
                        throw new StackException("interrupted");
                    }
                }
                byte[] key = in.readNBytes(in.readInt());
                byte[] value = in.readNBytes(in.readInt());
                producer.send(key, value, this::acknowledged);
                throwFailure();
                sentLive = sent + 1;
            }
        } catch (IOException e) {
            throw new StackException("can't read " + file + ": " + e.getMessage(), e);
        }
        flush();
        return count * 1e9 / (System.nanoTime() - begun);
    }

    /** How many of those prepared are sent. */
    long sentLive() {
        return sentLive;
    }

    /** Sends one event; {@code appended} is told the broker's time of appending it, on another thread. */
    void send(Event event, LongConsumer appended) {
        producer.send(event, (metadata, problem) -> {
            acknowledged(metadata, problem);
            if (problem == null) {
                appended.accept(metadata.timestamp());
            }
        });
    }

    private static void write(DataOutputStream out, byte[] bytes) throws IOException {
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    private void flush() {
        producer.flush();
        throwFailure();
    }

    private void acknowledged(RecordMetadata metadata, Exception problem) {
        if (problem != null && failure == null) {
            failure = problem;
        }
    }

    private void throwFailure() {
        if (failure != null) {
            throw new StackException("Kafka did not take a raw record: " + failure.getMessage(), failure);
        }
    }

    @Override
    public void close() {
        producer.close(failure == null ? Duration.ofSeconds(30) : Duration.ZERO);
    }
}
