package dev.millrace.stack.bench;

import dev.millrace.generator.Generator;
import dev.millrace.generator.GeneratorOptions;
import dev.millrace.runtime.config.MillraceConfig;
import dev.millrace.runtime.kafka.SchemaRegistry;
import dev.millrace.stack.Artefacts;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.apache.avro.generic.GenericRecord;

/**
 * Where the time from an HTTP request to the row on a dashboard goes. All three jobs run as they are by default, from
 * empty topics, while the generator's events come in at a steady rate, in real time. Among them are {@link HopProbing}'s,
 * through the collector, once the jobs have warmed up. Times are those that records and rows carry.
 *
 * @param sentPerSecond events, without the probes
 * @param incomplete probes of which some place is not known
 */
record LatencyBudget(double sentPerSecond, List<HopTraces.Hop> hops, int incomplete) {
    static final double DEFAULT_RATE = 2_000;

    private static final Duration LEAD_IN = Duration.ofSeconds(25);
    private static final long PEOPLE = 100_000;

    /** Empties all topics and tables, and measures. */
    static LatencyBudget measure(
            Conditions conditions,
            MillraceConfig config,
            SchemaRegistry registry,
            Artefacts artefacts,
            BenchOptions options) {
        BenchStack stack = conditions.stack();
        double rate = options.latencyRate() > 0 ? options.latencyRate() : DEFAULT_RATE;
        int seconds = options.latencySeconds() > 0 ? options.latencySeconds() : BenchOptions.LATENCY_SECONDS;
        Contender together = Contender.named(List.of(Contender.TOGETHER), Contender.all(artefacts))
                .get(0);
        stack.makeRoom(together.jobs(), options.parallelism());
        stack.dropTables();
        conditions.topics().recreateAll();
        stack.local().part("collector").start();
        HopTraces traces = new HopTraces();
        try (Run mirror = Run.beside(conditions, together.beside().get(0));
                Run stitch = Run.beside(conditions, together.beside().get(1));
                Run measure = Run.beside(conditions, together);
                RawFeed feed = new RawFeed(config)) {
            conditions
                    .progress()
                    .accept(String.format(
                            Locale.ROOT,
                            "latency budget: %,.0f events/s for %d s, the last %d s with probes",
                            rate,
                            LEAD_IN.toSeconds() + seconds,
                            seconds));
            double sentPerSecond = send(stack, feed, traces, rate, seconds, options.seed());
            List.of(mirror, stitch, measure).forEach(Run::requireHealth);
            read(conditions.topics(), registry, config, traces);
            return new LatencyBudget(sentPerSecond, traces.hops(), traces.incomplete());
        } finally {
            stack.local().part("collector").stop(conditions.progress());
        }
    }

    private static double send(BenchStack stack, RawFeed feed, HopTraces traces, double rate, int seconds, long seed) {
        long count = (long) (rate * (LEAD_IN.toSeconds() + seconds));
        Path file = stack.data().root().resolve("tmp").resolve("live");
        Generator generator = Generator.of(GeneratorOptions.ofSeed(seed)
                .withPeople(PEOPLE)
                .withEventsPerSecond(rate)
                .withStart(Instant.now())
                .withMalformed(0));
        feed.prepare(() -> generator.next().event(), count, file);
        try (HopProbing probing = HopProbing.start(stack.local(), traces, LEAD_IN)) {
            double sentPerSecond = feed.live(file, count, rate);
            probing.finish();
            return sentPerSecond;
        }
    }

    /** Takes what the records of the probes carry. */
    private static void read(Topics topics, SchemaRegistry registry, MillraceConfig config, HopTraces traces) {
        Projection raw = new Projection(Projection.RAW_HOPS, registry::schema);
        topics.read(Map.of(), topics.ends(Set.of(config.topics().produced())), record -> {
            GenericRecord event = raw.read(record.value());
            if (isProbe(event)) {
                traces.of(event.get("event").toString()).raw((long) event.get("received_at"), record.timestamp());
            }
        });
        Projection stitched = new Projection(Projection.STITCHED_HOPS, registry::schema);
        topics.read(Map.of(), topics.ends(Set.of(config.topics().stitched())), record -> {
            if (stitched.read(record.value()).get("body") instanceof GenericRecord body
                    && body.getSchema().getName().equals("AttributedEvent")
                    && body.get("event") instanceof GenericRecord event
                    && isProbe(event)) {
                traces.of(event.get("event").toString()).stitched(record.timestamp());
            }
        });
    }

    private static boolean isProbe(GenericRecord event) {
        return event.get("event") != null && event.get("event").toString().startsWith(HopProbing.EVENT);
    }
}
