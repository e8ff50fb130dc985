package dev.millrace.stitch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.core.event.Rejected;
import dev.millrace.core.identity.Actor;
import dev.millrace.core.identity.Attribution;
import dev.millrace.runtime.config.MillraceConfig.StitchOptions;
import dev.millrace.runtime.kafka.RawRecord;
import dev.millrace.stitch.refine.Refined;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.types.PojoTestUtils;
import org.junit.jupiter.api.Test;

class StitchPipelineTest {
    private static final StitchOptions OPTIONS = new StitchOptions(null, 0, null, null, null, null);

    @Test
    void whatFlowsAndWhatIsKeptIsSerializedWithoutKryo() {
        PojoTestUtils.assertSerializedAsPojoWithoutKryo(RawRecord.class);
        PojoTestUtils.assertSerializedAsPojoWithoutKryo(Refined.class);
        PojoTestUtils.assertSerializedAsPojoWithoutKryo(Attribution.class);
        PojoTestUtils.assertSerializedAsPojoWithoutKryo(Rejected.class);
        PojoTestUtils.assertSerializedAsPojoWithoutKryo(Actor.class);
    }

    @Test
    void everyRecordComesOutAttributedOnceOrRejected() throws Exception {
        List<RawRecord> raw = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            raw.add(Raw.event(
                    i % 4,
                    i,
                    ("{'type':'track','event':'Seen','userId':'user-" + i % 50 + "','messageId':'m" + i + "'}")
                            .replace('\'', '"')));
        }
        raw.addAll(List.copyOf(raw.subList(100, 200)));
        raw.add(Raw.broken(0, 1000, "{broken"));
        raw.add(Raw.event(0, 1001, "{'type':'track'}".replace('\'', '"')));

        Configuration configuration = new Configuration();
        configuration.set(PipelineOptions.GENERIC_TYPES, false);
        StreamExecutionEnvironment environment = StreamExecutionEnvironment.createLocalEnvironment(2, configuration);
        StitchPipeline pipeline =
                StitchPipeline.define(environment.fromData(RawRecord.class, raw.toArray(RawRecord[]::new)), OPTIONS);
        Iterator<Attribution> stitched = pipeline.stitched().collectAsync();
        Iterator<Rejected> rejected = pipeline.rejected().collectAsync();
        environment.executeAsync();

        List<Attribution> attributions = new ArrayList<>();
        stitched.forEachRemaining(attributions::add);
        List<Rejected> dead = new ArrayList<>();
        rejected.forEachRemaining(dead::add);

        assertThat(attributions)
                .extracting(Attribution::offset)
                .doesNotHaveDuplicates()
                .hasSize(500);
        assertThat(attributions).allSatisfy(a -> assertThat(a.identifier())
                .isEqualTo("user_id:" + a.event().userId()));
        assertThat(attributions.stream().map(Attribution::profileId).distinct()).hasSize(50);
        assertThat(dead).extracting(Rejected::offset).containsExactlyInAnyOrder(1000L, 1001L);
    }
}
