package dev.millrace.stack.bench;

import dev.millrace.stack.Artefacts;
import dev.millrace.stack.Job;
import dev.millrace.stack.StackException;
import java.nio.file.Path;
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
 * @param config over the stack's own configuration: keys with dots to their values
 * @param output where what it writes tells how far it is
 */
record Contender(String name, String jobName, Path jar, String entryClass, Map<String, String> config, Output output) {
    static final String LIMIT = "limit";
    /** The one whose latency is measured. */
    static final String ON_DISK = "stitch-rocksdb";

    /** Where what a job does is seen. */
    enum Output {
        /** Nowhere: it only reads. */
        NONE,
        /** In {@code millrace.stitched}. */
        STITCHED
    }

    /** All there are, the one that the others are compared with first. */
    static List<Contender> all(Artefacts artefacts) {
        Path stitch = artefacts.jar(Job.STITCH);
        return List.of(
                new Contender(
                        LIMIT,
                        "bench-limit",
                        artefacts.benchJar(),
                        "dev.millrace.bench.LimitJob",
                        Map.of("flink.state_backend", "hashmap"),
                        Output.NONE),
                stitch("stitch-heap", stitch, "hashmap"),
                stitch(ON_DISK, stitch, "rocksdb"));
    }

    private static Contender stitch(String name, Path jar, String stateBackend) {
        return new Contender(
                name,
                Job.STITCH.flinkName(),
                jar,
                "dev.millrace.stitch.StitchJob",
                Map.of("flink.state_backend", stateBackend),
                Output.STITCHED);
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
