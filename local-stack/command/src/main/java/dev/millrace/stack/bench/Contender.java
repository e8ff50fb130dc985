package dev.millrace.stack.bench;

import dev.millrace.stack.Artefacts;
import dev.millrace.stack.Job;
import dev.millrace.stack.StackException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A job that is measured.
 *
 * @param name as people type it
 * @param jobName as Flink shows it; also the directory of its checkpoints
 * @param jar with the job
 * @param entryClass whose {@code main} defines it
 * @param config over the stack's own configuration: keys with dots to their values in YAML
 * @param output where what it writes tells how far it is
 */
record Contender(String name, String jobName, Path jar, String entryClass, Map<String, String> config, Output output) {
    static final String LIMIT = "limit";
    /** The one whose latency is measured alone. */
    static final String ON_DISK = "stitch-rocksdb";
    /** The one whose latency is measured together with that. */
    static final String MEASURE_ON_DISK = "measure-rocksdb";
    /** What those that write rows read: {@code millrace.stitched} as StitchJob once wrote it. */
    static final String PREPARED_TOPIC = "bench.stitched";
    /** Whether someone who logs in is counted once: the metric of {@link Probes}, in their live run alone. */
    static final String PROBE_METRIC = "probe_people";

    private static final String PROBE_METRICS =
            "[{name: %s, aggregate: unique_profiles, match: {types: [track], events: [%s]}, windows: [1d], dimensions: [{name: pair, from: properties.pair}]}]"
                    .formatted(PROBE_METRIC, Probes.PAIR);
    private static final Map<String, String> CATALOGUE_ALONE =
            Map.of("measure.sessions.enabled", "false", "measure.journeys.enabled", "false");

    /** Where what a job does is seen. */
    enum Output {
        /** Nowhere: it only reads. */
        NONE,
        /** In {@code millrace.stitched}. */
        STITCHED,
        /** In its counters: it writes rows. */
        STORE
    }

    /** All there are, the one that the others are compared with first. */
    static List<Contender> all(Artefacts artefacts) {
        Path stitch = artefacts.jar(Job.STITCH);
        Path measure = artefacts.jar(Job.MEASURE);
        return List.of(
                new Contender(
                        LIMIT,
                        "bench-limit",
                        artefacts.benchJar(),
                        "dev.millrace.bench.LimitJob",
                        Map.of("flink.state_backend", "hashmap"),
                        Output.NONE),
                stitch("stitch-heap", stitch, "hashmap", Map.of()),
                stitch(ON_DISK, stitch, "rocksdb", Map.of()),
                prepared("measure-heap", measure, "hashmap", Map.of()),
                prepared("measure-heap-catalogue", measure, "hashmap", CATALOGUE_ALONE),
                prepared(MEASURE_ON_DISK, measure, "rocksdb", Map.of()),
                prepared("measure-rocksdb-catalogue", measure, "rocksdb", CATALOGUE_ALONE));
    }

    /** Fills {@link #PREPARED_TOPIC}. */
    static Contender preparing(Artefacts artefacts) {
        return stitch(
                "stitch-prepare",
                artefacts.jar(Job.STITCH),
                "hashmap",
                Map.of("topics.stitched", '"' + PREPARED_TOPIC + '"'));
    }

    /** What reads the present {@code millrace.stitched}, with a metric for probes. */
    static Contender live(Artefacts artefacts) {
        return measure("measure-live", artefacts.jar(Job.MEASURE), "rocksdb", Map.of("measure.metrics", PROBE_METRICS));
    }

    private static Contender stitch(String name, Path jar, String stateBackend, Map<String, String> config) {
        return job(name, Job.STITCH, jar, "dev.millrace.stitch.StitchJob", stateBackend, config, Output.STITCHED);
    }

    private static Contender prepared(String name, Path jar, String stateBackend, Map<String, String> config) {
        Map<String, String> all = new HashMap<>(config);
        all.put("topics.stitched", '"' + PREPARED_TOPIC + '"');
        return measure(name, jar, stateBackend, all);
    }

    private static Contender measure(String name, Path jar, String stateBackend, Map<String, String> config) {
        return job(name, Job.MEASURE, jar, "dev.millrace.measure.MeasureJob", stateBackend, config, Output.STORE);
    }

    private static Contender job(
            String name,
            Job job,
            Path jar,
            String entryClass,
            String stateBackend,
            Map<String, String> config,
            Output output) {
        Map<String, String> all = new HashMap<>(config);
        all.put("flink.state_backend", stateBackend);
        return new Contender(name, job.flinkName(), jar, entryClass, Map.copyOf(all), output);
    }

    /** Those of these names, in their own order; all where no name is given. */
    static List<Contender> named(List<String> names, List<Contender> all) {
        for (String name : names) {
            if (all.stream().noneMatch(contender -> contender.name().equals(name))) {
                throw new StackException("there is nothing to measure by the name '" + name + "'; there are "
                        + all.stream().map(Contender::name).collect(Collectors.joining(", ")));
            }
        }
        return all.stream()
                .filter(contender -> names.isEmpty() || names.contains(contender.name()))
                .toList();
    }
}
