package dev.millrace.microbench;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.VerboseMode;

class BenchmarksTest {
    private static final List<Class<?>> BENCHMARKS = List.of(
            ActorCodecBenchmark.class,
            CatalogueBenchmark.class,
            ContributionBenchmark.class,
            DecodeBenchmark.class,
            IdentityBenchmark.class);

    @Test
    void everyBenchmarkRuns() throws Exception {
        System.setProperty("jmh.ignoreLock", "true");
        Options once = new OptionsBuilder()
                .param("events", "200")
                .mode(Mode.SingleShotTime)
                .forks(0)
                .warmupIterations(0)
                .measurementIterations(1)
                .shouldFailOnError(true)
                .verbosity(VerboseMode.SILENT)
                .build();
        Stream<String> ran =
                new Runner(once).run().stream().map(result -> result.getParams().getBenchmark());
        assertThat(ran)
                .containsExactlyInAnyOrderElementsOf(BENCHMARKS.stream()
                        .flatMap(type -> Arrays.stream(type.getDeclaredMethods()))
                        .filter(method -> method.isAnnotationPresent(Benchmark.class))
                        .map(BenchmarksTest::name)
                        .toList());
    }

    private static String name(Method benchmark) {
        return benchmark.getDeclaringClass().getName() + '.' + benchmark.getName();
    }
}
