package dev.millrace.stack.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.millrace.runtime.config.MillraceConfig;
import dev.millrace.stack.Artefacts;
import dev.millrace.stack.Job;
import dev.millrace.stack.StackException;
import dev.millrace.stack.UsageException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
 * @param beside jobs that run at its side, and are measured with it
 */
record Contender(
        String name,
        String jobName,
        Path jar,
        String entryClass,
        Map<String, String> config,
        Output output,
        List<Contender> beside) {
    static final String LIMIT = "limit";
    /** The same on the topic that jobs read which write rows. */
    static final String STITCHED_LIMIT = "limit-stitched";

    /** All three jobs, from the raw topic to PostgreSQL and Parquet. */
    static final String TOGETHER = "together-rocksdb";

    /** The same without what Flink SQL does not do either: sessions and journeys. */
    static final String TOGETHER_CATALOGUE = "together-rocksdb-catalogue";

    /** Likewise with the metrics alone that Flink SQL keeps too: nearest to one and the same job. */
    static final String TOGETHER_AS_SQL = "together-rocksdb-as-sql";

    /** Flink SQL as one would deploy it. */
    static final String SQL_ON_DISK = "sql-rocksdb";

    static final String STREAMS = "streams";
    /** The one whose latency is measured alone. */
    static final String ON_DISK = "stitch-rocksdb";
    /** The one whose latency is measured together with that. */
    static final String MEASURE_ON_DISK = "measure-rocksdb";
    /** What those that write rows read: {@code millrace.stitched} as StitchJob once wrote it. */
    static final String PREPARED_TOPIC = "bench.stitched";
    /** Whether someone who logs in is counted once: the metric of {@link Probes}, in their live run alone. */
    static final String PROBE_METRIC = "probe_people";

    private static final String STITCHED_TOPIC = "topics.stitched";
    private static final String PROBE_METRICS =
            "[{name: %s, aggregate: unique_profiles, match: {types: [track], events: [%s]}, windows: [1d], dimensions: [{name: pair, from: properties.pair}]}]"
                    .formatted(PROBE_METRIC, Probes.PAIR);
    private static final Map<String, String> CATALOGUE_ALONE =
            Map.of("measure.sessions.enabled", "false", "measure.journeys.enabled", "false");

    /** Those of the built-in metrics that {@code peers/flink-sql} has tables for. */
    private static final Set<String> METRICS_OF_SQL =
            Set.of("events", "unique_profiles", "revenue", "orders", "page_views", "shop_funnel");

    /** Where what a job does is seen. */
    enum Output {
        /** Nowhere: it only reads. */
        NONE,
        /** In files; how far it is, in what it has read. */
        FILES,
        /** In {@code millrace.stitched}. */
        STITCHED,
        /** In its counters: it writes rows. */
        STORE,
        /** In what each of several jobs says. */
        TOGETHER,
        /** In what it has read and in rows of its own tables. */
        SQL,
        /** In what its own process says that it has read. */
        STREAMS
    }

    /** All there are, the one that the others are compared with first. */
    static List<Contender> all(Artefacts artefacts) {
        Path stitch = artefacts.jar(Job.STITCH);
        Path measure = artefacts.jar(Job.MEASURE);
        return List.of(
                limit(artefacts),
                stitchedLimit(artefacts),
                mirror(artefacts),
                stitch("stitch-heap", stitch, "hashmap", Map.of()),
                stitch(ON_DISK, stitch, "rocksdb", Map.of()),
                prepared("measure-heap", measure, "hashmap", Map.of()),
                prepared("measure-heap-catalogue", measure, "hashmap", CATALOGUE_ALONE),
                prepared(MEASURE_ON_DISK, measure, "rocksdb", Map.of()),
                prepared("measure-rocksdb-catalogue", measure, "rocksdb", CATALOGUE_ALONE),
                together(TOGETHER, artefacts, Map.of()),
                together(TOGETHER_CATALOGUE, artefacts, CATALOGUE_ALONE),
                together(TOGETHER_AS_SQL, artefacts, asSql()),
                sql("sql-heap", artefacts, "hashmap"),
                sql(SQL_ON_DISK, artefacts, "rocksdb"),
                new Contender(
                        STREAMS,
                        "peer-kafka-streams",
                        peer(artefacts, "kafka-streams"),
                        "dev.millrace.peers.streams.StreamsPeer",
                        Map.of(),
                        Output.STREAMS,
                        List.of()));
    }

    static Contender limit(Artefacts artefacts) {
        return new Contender(
                LIMIT,
                "bench-limit",
                artefacts.benchJar(),
                "dev.millrace.bench.LimitJob",
                Map.of("flink.state_backend", "hashmap"),
                Output.NONE,
                List.of());
    }

    private static Contender stitchedLimit(Artefacts artefacts) {
        return new Contender(
                STITCHED_LIMIT,
                "bench-limit-stitched",
                artefacts.benchJar(),
                "dev.millrace.bench.StitchedLimitJob",
                Map.of("flink.state_backend", "hashmap", STITCHED_TOPIC, quoted(PREPARED_TOPIC)),
                Output.NONE,
                List.of());
    }

    private static Contender mirror(Artefacts artefacts) {
        return job(
                "mirror",
                Job.MIRROR,
                artefacts.jar(Job.MIRROR),
                "dev.millrace.mirror.MirrorJob",
                "hashmap",
                Map.of(),
                Output.FILES);
    }

    /** MeasureJob, which is the slowest, with the other two beside it. */
    private static Contender together(String name, Artefacts artefacts, Map<String, String> config) {
        Contender measure = measure(name, artefacts.jar(Job.MEASURE), "rocksdb", config);
        return new Contender(
                name,
                measure.jobName(),
                measure.jar(),
                measure.entryClass(),
                measure.config(),
                Output.TOGETHER,
                List.of(mirror(artefacts), stitch(ON_DISK, artefacts.jar(Job.STITCH), "rocksdb", Map.of())));
    }

    private static Map<String, String> asSql() {
        List<JsonNode> metrics = new ArrayList<>();
        try (InputStream builtIn = MillraceConfig.class.getResourceAsStream("default-catalogue.yaml")) {
            for (JsonNode metric : new YAMLMapper().readTree(builtIn)) {
                if (METRICS_OF_SQL.contains(metric.path("name").asText())) {
                    metrics.add(metric);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Map<String, String> config = new HashMap<>(CATALOGUE_ALONE);
        config.put("measure.default_metrics", "false");
        config.put("measure.metrics", metrics.toString());
        return config;
    }

    private static Contender sql(String name, Artefacts artefacts, String stateBackend) {
        return new Contender(
                name,
                "peer-flink-sql",
                peer(artefacts, "flink-sql"),
                "dev.millrace.peers.sql.SqlPeerJob",
                Map.of("flink.state_backend", stateBackend),
                Output.SQL,
                List.of());
    }

    /** The jar of a peer, or where it would be if it were built. */
    private static Path peer(Artefacts artefacts, String module) {
        Path target = artefacts.checkedOut("local-stack/peers/" + module + "/target");
        String pattern = "millrace-peer-" + module + "-*.jar";
        if (Files.isDirectory(target)) {
            try (DirectoryStream<Path> jars = Files.newDirectoryStream(target, pattern)) {
                for (Path jar : jars) {
                    return jar;
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return target.resolve(pattern);
    }

    /** The same, and those beside it, with more configuration. */
    Contender with(Map<String, String> more) {
        Map<String, String> all = new HashMap<>(config);
        all.putAll(more);
        return new Contender(
                name,
                jobName,
                jar,
                entryClass,
                Map.copyOf(all),
                output,
                beside.stream().map(each -> each.with(more)).toList());
    }

    /** Refuses with a sentence where it can't be started. */
    void requireJar() {
        if (!Files.isRegularFile(jar)) {
            throw new StackException("no " + name + ": " + jar + " is not built; local-stack/stack build makes it");
        }
    }

    /** How many jobs it is. */
    int jobs() {
        return 1 + beside.size();
    }

    /** Whether it reads {@link #PREPARED_TOPIC}. */
    boolean readsPrepared() {
        return output != Output.STITCHED && quoted(PREPARED_TOPIC).equals(config.get(STITCHED_TOPIC));
    }

    /** What the source is called that tells how far it is. */
    String source() {
        return readsPrepared() ? "stitched" : "raw";
    }

    private static String quoted(String text) {
        return '"' + text + '"';
    }

    /** Fills {@link #PREPARED_TOPIC}. */
    static Contender preparing(Artefacts artefacts, String stateBackend) {
        return stitch(
                "stitch-prepare",
                artefacts.jar(Job.STITCH),
                stateBackend,
                Map.of(STITCHED_TOPIC, quoted(PREPARED_TOPIC)));
    }

    /** What reads the present {@code millrace.stitched}, with a metric for probes. */
    static Contender live(Artefacts artefacts) {
        return measure("measure-live", artefacts.jar(Job.MEASURE), "rocksdb", Map.of("measure.metrics", PROBE_METRICS));
    }

    /** The job and state backend whose cost is measured as state grows; sessions and journeys left out. */
    static Contender scaling(Artefacts artefacts, Job job, String stateBackend) {
        String name = job.shortName() + (stateBackend.equals("hashmap") ? "-heap" : "-rocksdb");
        return job == Job.STITCH
                ? stitch(name, artefacts.jar(job), stateBackend, Map.of())
                : prepared(name, artefacts.jar(job), stateBackend, CATALOGUE_ALONE);
    }

    private static Contender stitch(String name, Path jar, String stateBackend, Map<String, String> config) {
        return job(name, Job.STITCH, jar, "dev.millrace.stitch.StitchJob", stateBackend, config, Output.STITCHED);
    }

    private static Contender prepared(String name, Path jar, String stateBackend, Map<String, String> config) {
        Map<String, String> all = new HashMap<>(config);
        all.put(STITCHED_TOPIC, quoted(PREPARED_TOPIC));
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
        return new Contender(name, job.flinkName(), jar, entryClass, Map.copyOf(all), output, List.of());
    }

    /** Those of these names, in their own order; all where no name is given. */
    static List<Contender> named(List<String> names, List<Contender> all) {
        for (String name : names) {
            if (all.stream().noneMatch(contender -> contender.name().equals(name))) {
                throw new UsageException("there is nothing to measure by the name '" + name + "'; there are "
                        + all.stream().map(Contender::name).collect(Collectors.joining(", ")));
            }
        }
        return all.stream()
                .filter(contender -> names.isEmpty() || names.contains(contender.name()))
                .toList();
    }
}
