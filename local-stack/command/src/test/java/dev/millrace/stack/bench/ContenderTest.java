package dev.millrace.stack.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.millrace.core.catalogue.Metric;
import dev.millrace.core.catalogue.MetricDefinition;
import dev.millrace.runtime.config.ConfigFile;
import dev.millrace.runtime.config.MillraceConfig;
import dev.millrace.runtime.config.MillraceConfig.RawFormat;
import dev.millrace.runtime.config.MillraceConfig.RawTopic;
import dev.millrace.runtime.config.MillraceConfig.StateBackend;
import dev.millrace.stack.Artefacts;
import dev.millrace.stack.Job;
import dev.millrace.stack.StackException;
import dev.millrace.stack.bench.Contender.Output;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ContenderTest {
    private static final List<Contender> ALL = List.of(contender("limit"), contender("one"), contender("other"));

    @Test
    void allRunWhereNoneIsNamed() {
        assertThat(Contender.named(List.of(), ALL)).isEqualTo(ALL);
    }

    @Test
    void thoseNamedRunInTheirOwnOrder() {
        assertThat(Contender.named(List.of("other", "limit"), ALL))
                .extracting(Contender::name)
                .containsExactly("limit", "other");
    }

    @Test
    void aNameThatIsNoneIsRefusedWithThoseThereAre() {
        assertThatThrownBy(() -> Contender.named(List.of("some"), ALL))
                .isInstanceOf(StackException.class)
                .hasMessage("there is nothing to measure by the name 'some'; there are limit, one, other");
    }

    @Test
    void itsConfigurationGoesIntoSectionsThatAreThereOrNot() throws IOException {
        ObjectMapper json = new ObjectMapper();
        ObjectNode tree =
                (ObjectNode) json.readTree("{\"flink\": {\"state_backend\": \"rocksdb\", \"parallelism\": 2}}");

        BenchStack.put(tree, "flink.state_backend", "hashmap");
        BenchStack.put(tree, "stitch.dedupe_window", "1h");
        BenchStack.put(tree, "measure.sessions.enabled", "false");
        BenchStack.put(tree, "measure.metrics", "[{name: a, windows: [1d]}]");

        assertThat(tree)
                .isEqualTo(json.readTree(
                        "{\"flink\": {\"state_backend\": \"hashmap\", \"parallelism\": 2}, \"stitch\": {\"dedupe_window\":"
                                + " \"1h\"}, \"measure\": {\"sessions\": {\"enabled\": false}, \"metrics\": [{\"name\":"
                                + " \"a\", \"windows\": [\"1d\"]}]}}"));
    }

    @Test
    void thoseThatWriteRowsReadThePreparedTopicAndTheLimitComesFirst(@TempDir Path root) throws IOException {
        List<Contender> all = Contender.all(built(root));

        assertThat(all)
                .extracting(Contender::name)
                .containsExactly(
                        "limit",
                        "limit-stitched",
                        "mirror",
                        "stitch-heap",
                        "stitch-rocksdb",
                        "measure-heap",
                        "measure-heap-catalogue",
                        "measure-rocksdb",
                        "measure-rocksdb-catalogue",
                        "together-rocksdb",
                        "together-rocksdb-catalogue",
                        "together-rocksdb-as-sql",
                        "sql-heap",
                        "sql-rocksdb",
                        "streams");
        for (Contender contender : all) {
            MillraceConfig config = config(contender, root);
            boolean afterStitching =
                    contender.output() == Output.STORE || contender.name().equals("limit-stitched");
            assertThat(contender.readsPrepared()).isEqualTo(afterStitching);
            assertThat(config.topics().stitched())
                    .isEqualTo(afterStitching ? Contender.PREPARED_TOPIC : "millrace.stitched");
            boolean catalogueAlone =
                    contender.name().endsWith("-catalogue") || contender.name().endsWith("-as-sql");
            assertThat(config.measure().sessions().enabled()).isEqualTo(!catalogueAlone);
            assertThat(config.measure().journeys().enabled()).isEqualTo(!catalogueAlone);
            assertThat(config.flink().stateBackend())
                    .isEqualTo(
                            contender.name().contains("rocksdb") || contender.output() == Output.STREAMS
                                    ? StateBackend.ROCKSDB
                                    : StateBackend.HASHMAP);
        }
    }

    @Test
    void allThreeJobsRunTogetherOnTheTopicsOfTheStack(@TempDir Path root) throws IOException {
        Contender together = Contender.named(List.of(Contender.TOGETHER), Contender.all(built(root)))
                .get(0);

        assertThat(together.jobs()).isEqualTo(3);
        assertThat(together.entryClass()).isEqualTo("dev.millrace.measure.MeasureJob");
        assertThat(together.beside())
                .extracting(Contender::jobName)
                .containsExactly("millrace-mirror", "millrace-stitch");
        for (Contender each : together.beside()) {
            assertThat(config(each, root).topics().stitched()).isEqualTo("millrace.stitched");
        }
    }

    /** Every table of the SQL, and nothing that has none. */
    @Test
    void whatIsLikeSqlKeepsTheMetricsOfSql(@TempDir Path root) throws IOException {
        Contender asSql = Contender.named(List.of(Contender.TOGETHER_AS_SQL), Contender.all(built(root)))
                .get(0);

        assertThat(config(asSql, root).measure().catalogue().catalogue().metrics())
                .extracting(Metric::name)
                .containsExactly("events", "unique_profiles", "page_views", "revenue", "orders", "shop_funnel");
    }

    /** Or it would be measured on what it had before it all along. */
    @Test
    void whatIsWithheldIsWithheldFromAllThatRunSideBySide(@TempDir Path root) throws IOException {
        Contender together = Contender.named(List.of(Contender.TOGETHER_CATALOGUE), Contender.all(built(root)))
                .get(0);
        Contender reader = Withheld.reader(together);

        for (Contender each :
                List.of(reader, reader.beside().get(0), reader.beside().get(1))) {
            MillraceConfig config = config(each, root);
            assertThat(config.topics().raw()).containsExactly(new RawTopic("bench.raw", RawFormat.AVRO));
            assertThat(config.kafka().properties()).containsEntry("isolation.level", "read_committed");
        }
        assertThat(config(reader, root).measure().sessions().enabled())
                .as("all else is as it was")
                .isFalse();
        assertThat(reader.jobs()).isEqualTo(together.jobs());
    }

    @Test
    void aPeerThatIsNotBuiltIsRefusedWithTheCommandThatBuildsIt(@TempDir Path root) throws IOException {
        Artefacts artefacts = built(root);
        Contender missing =
                Contender.named(List.of("streams"), Contender.all(artefacts)).get(0);
        assertThatThrownBy(missing::requireJar)
                .isInstanceOf(StackException.class)
                .hasMessageStartingWith("no streams: ")
                .hasMessageEndingWith("is not built; local-stack/stack build makes it");

        touch(root, "local-stack/peers/kafka-streams/target/millrace-peer-kafka-streams-1.jar");
        Contender present =
                Contender.named(List.of("streams"), Contender.all(artefacts)).get(0);
        present.requireJar();
        assertThat(present.jar()).hasFileName("millrace-peer-kafka-streams-1.jar");
    }

    @Test
    void scalingLeavesOutSessionsAndJourneysAndKeepsTheStateBackend(@TempDir Path root) throws IOException {
        Contender measure = Contender.scaling(built(root), Job.MEASURE, "rocksdb");
        MillraceConfig config = config(measure, root);

        assertThat(measure.name()).isEqualTo("measure-rocksdb");
        assertThat(config.flink().stateBackend()).isEqualTo(StateBackend.ROCKSDB);
        assertThat(config.measure().sessions().enabled()).isFalse();
        assertThat(config.topics().stitched()).isEqualTo(Contender.PREPARED_TOPIC);
        assertThat(Contender.scaling(built(root), Job.STITCH, "hashmap").name()).isEqualTo("stitch-heap");
    }

    @Test
    void thePreparedTopicIsWrittenOnceAndNotReadLive(@TempDir Path root) throws IOException {
        assertThat(Contender.preparing(built(root), "hashmap").readsPrepared())
                .as("it writes it")
                .isFalse();
        assertThat(config(Contender.preparing(built(root), "hashmap"), root)
                        .topics()
                        .stitched())
                .isEqualTo(Contender.PREPARED_TOPIC);

        MillraceConfig live = config(Contender.live(built(root)), root);

        assertThat(live.topics().stitched()).isEqualTo("millrace.stitched");
        assertThat(live.measure().definitions())
                .extracting(MetricDefinition::name)
                .contains("events", Contender.PROBE_METRIC);
    }

    private static Artefacts built(Path root) throws IOException {
        for (String jar : List.of(
                "flink-jobs/mirror/target/millrace-mirror-1.jar",
                "flink-jobs/stitch/target/millrace-stitch-1.jar",
                "flink-jobs/measure/target/millrace-measure-1.jar",
                "local-stack/bench/target/millrace-bench-1.jar")) {
            touch(root, jar);
        }
        return new Artefacts(root);
    }

    private static void touch(Path root, String path) throws IOException {
        Path file = root.resolve(path);
        Files.createDirectories(file.getParent());
        Files.write(file, new byte[0]);
    }

    private static MillraceConfig config(Contender contender, Path directory) throws IOException {
        YAMLMapper yaml = new YAMLMapper();
        ObjectNode tree = (ObjectNode)
                yaml.readTree(
                        """
                        kafka: {bootstrap_servers: "broker:9092"}
                        registry: {url: "http://registry"}
                        flink: {checkpoint_dir: "file:///checkpoints"}
                        mirror: {root: "file:///cold"}
                        identity: {hash_key: 0123456789abcdef}
                        """);
        contender.config().forEach((key, value) -> BenchStack.put(tree, key, value));
        Path file = directory.resolve("millrace.yaml");
        Files.writeString(file, yaml.writeValueAsString(tree));
        return ConfigFile.load(file);
    }

    private static Contender contender(String name) {
        return new Contender(name, "bench-" + name, Path.of("jobs.jar"), "Main", Map.of(), Output.NONE, List.of());
    }
}
