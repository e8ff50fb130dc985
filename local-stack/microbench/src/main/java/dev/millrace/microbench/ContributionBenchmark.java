package dev.millrace.microbench;

import dev.millrace.core.catalogue.Hit;
import dev.millrace.core.catalogue.Metric;
import dev.millrace.core.catalogue.WindowSize;
import dev.millrace.core.catalogue.WindowSize.Window;
import dev.millrace.core.metric.Combiner;
import dev.millrace.core.metric.Fragment;
import dev.millrace.core.metric.Freshness;
import dev.millrace.core.metric.Leaf;
import dev.millrace.core.metric.Observation;
import dev.millrace.core.metric.Profile;
import dev.millrace.core.metric.ProfileChange;
import dev.millrace.core.metric.Total;
import dev.millrace.core.metric.TotalDelta;
import dev.millrace.core.metric.TotalKey;
import dev.millrace.microbench.Traffic.Addition;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/** What an event changes in metrics, by the built-in catalogue: a stage each. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 3, time = 1)
@State(Scope.Thread)
public class ContributionBenchmark {
    private Round<Observation> observations;
    private Round<ProfileChange> changes;
    private Round<Addition> additions;
    private Round<TotalDelta> deltas;
    private Leaves leaves;
    private Profiles profiles;
    private final Combiner combiner = new Combiner();
    private final Map<TotalKey, Map<String, Total>> totals = new HashMap<>();
    private Leaf.Output words;
    private Profile.Output rows;

    @Setup
    public void begin(Traffic traffic, Blackhole blackhole) {
        observations =
                new Round<>(traffic.observations, () -> leaves = new Leaves(traffic.measuring, traffic.hotSinceMillis));
        changes = new Round<>(traffic.changes, () -> profiles = new Profiles(traffic.measuring));
        additions = new Round<>(traffic.additions);
        deltas = new Round<>(traffic.deltas, totals::clear);
        words = new Leaf.Output() {
            @Override
            public void change(ProfileChange change) {
                blackhole.consume(change);
            }

            @Override
            public void count(Hit hit, long timeMillis) {
                blackhole.consume(hit);
            }
        };
        rows = new Profile.Output() {
            @Override
            public void add(Metric metric, WindowSize size, Window window, String dimensions, long[] amounts) {
                blackhole.consume(amounts);
            }

            @Override
            public void session(Fragment session) {
                blackhole.consume(session);
            }

            @Override
            public void noSession(long startMillis) {
                blackhole.consume(startMillis);
            }
        };
    }

    /** A record at its leaf. */
    @Benchmark
    public Leaf.Outcome leaf() {
        Observation observation = observations.next();
        return leaves.take(observation, words);
    }

    /** A leaf's word at its profile. */
    @Benchmark
    public void profile() {
        ProfileChange change = changes.next();
        profiles.take(change, rows);
    }

    /** What a profile adds to a row, added up with what others do before it goes on. */
    @Benchmark
    public void combine(Blackhole blackhole) {
        Addition addition = additions.next();
        combiner.add(addition.metric(), addition.size(), addition.window(), addition.dimensions(), addition.amounts());
        if (combiner.size() >= Traffic.COMBINED) {
            combiner.flush(Freshness.UNKNOWN, blackhole::consume);
        }
    }

    /** What was added up, added to its row. */
    @Benchmark
    public Total total(Traffic traffic) {
        TotalDelta delta = deltas.next();
        Metric metric = traffic.catalogue.catalogue().byId(delta.key().metric());
        Total total = totals.computeIfAbsent(delta.key(), any -> new HashMap<>())
                .computeIfAbsent(delta.dimensions(), any -> Total.of(metric));
        total.add(metric, delta.amounts());
        return total;
    }
}
