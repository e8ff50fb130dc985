package dev.millrace.stitch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.core.event.Rejected;
import dev.millrace.core.identity.Decision;
import dev.millrace.core.identity.Label;
import dev.millrace.core.identity.LinkKey;
import dev.millrace.core.identity.Message;
import dev.millrace.core.identity.ProfileId;
import dev.millrace.runtime.binary.BinaryType;
import dev.millrace.runtime.config.ConfigFile;
import dev.millrace.runtime.config.MillraceConfig;
import dev.millrace.runtime.kafka.RawEvent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.stream.LongStream;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.types.PojoTestUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StitchPipelineTest {
    @TempDir
    private Path directory;

    @Test
    void deadLettersAreSerializedWithoutKryo() {
        PojoTestUtils.assertSerializedAsPojoWithoutKryo(Rejected.class);
    }

    @Test
    void everyRecordComesOutAttributedOnceOrAsATraceOrRejectedAndLinksAreTold() throws Exception {
        List<RawEvent> raw = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            raw.add(Raw.event(
                    i % 4,
                    i,
                    "{'type':'track','event':'Seen','userId':'user-" + i % 50 + "','anonymousId':'device-" + i % 50
                            + "','messageId':'m" + i + "'}"));
        }
        raw.addAll(List.copyOf(raw.subList(100, 200)));
        raw.add(Raw.broken(0, 1000, "{broken"));
        raw.add(Raw.event(0, 1001, "{'type':'track'}"));
        List<Message> told = List.of(new Message(
                "anonymous_id:device-7",
                "user_id:user-7",
                1,
                false,
                new Label.Anchored(List.of(), "user_id:user-7", "user_id:user-7", List.of())));

        Configuration configuration = new Configuration();
        configuration.set(PipelineOptions.GENERIC_TYPES, false);
        configuration.set(PipelineOptions.AUTO_GENERATE_UIDS, true);
        StreamExecutionEnvironment environment = StreamExecutionEnvironment.createLocalEnvironment(2, configuration);
        StitchPipeline pipeline = StitchPipeline.define(
                environment.fromData(raw, BinaryType.RAW_EVENT),
                environment.fromData(told, BinaryType.MESSAGE),
                config());
        Iterator<Decision> stitched = pipeline.stitched().collectAsync();
        Iterator<Message> telling = pipeline.telling().collectAsync();
        Iterator<Rejected> rejected = pipeline.rejected().collectAsync();
        environment.executeAsync();

        List<Decision> decisions = new ArrayList<>();
        stitched.forEachRemaining(decisions::add);
        List<Message> messages = new ArrayList<>();
        telling.forEachRemaining(messages::add);
        List<Rejected> dead = new ArrayList<>();
        rejected.forEachRemaining(dead::add);

        assertThat(decisions)
                .filteredOn(decision -> decision.arrival() != null && !decision.duplicate())
                .extracting(decision -> decision.arrival().offset())
                .doesNotHaveDuplicates()
                .hasSize(500);
        assertThat(decisions)
                .filteredOn(Decision::duplicate)
                .extracting(decision -> decision.arrival().offset())
                .as("a trace of each copy")
                .containsExactlyInAnyOrderElementsOf(
                        LongStream.range(100, 200).boxed().toList());
        assertThat(decisions).filteredOn(decision -> decision.arrival() != null).allSatisfy(decision -> assertThat(
                        decision.profileId())
                .isEqualTo(ProfileId.ledBy(decision.identifier())));
        assertThat(decisions)
                .filteredOn(decision -> decision.identifier().equals("anonymous_id:device-7"))
                .first()
                .satisfies(decision -> {
                    assertThat(decision.profileId()).isEqualTo(ProfileId.ledBy("user_id:user-7"));
                    assertThat(decision.standing().cause())
                            .isEqualTo(new LinkKey(1, "anonymous_id:device-7", "user_id:user-7"));
                });
        assertThat(messages).extracting(Message::to).hasSize(50).doesNotHaveDuplicates();
        assertThat(dead).extracting(Rejected::offset).containsExactlyInAnyOrder(1000L, 1001L);
    }

    private MillraceConfig config() throws Exception {

        Path file = directory.resolve("millrace.yaml");
        Files.writeString(
                file,
                """
                kafka: {bootstrap_servers: nowhere:1}
                registry: {url: "http://nowhere"}
                identity: {hash_key: a key for tests and nothing else}
                """);
        return ConfigFile.load(file);
    }
}
