package dev.millrace.measure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.core.event.Event;
import dev.millrace.core.event.Rejected;
import dev.millrace.core.event.RejectionReason;
import dev.millrace.core.identity.Attribution;
import dev.millrace.core.metric.Leaf;
import dev.millrace.core.metric.MetricRow;
import dev.millrace.core.metric.PresenceDelta;
import dev.millrace.core.metric.Total;
import dev.millrace.core.metric.TotalDelta;
import dev.millrace.runtime.config.MillraceConfig.MeasureOptions;
import dev.millrace.runtime.config.MillraceConfig.StitchOptions;
import dev.millrace.runtime.kafka.StitchedRead;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.types.PojoTestUtils;
import org.junit.jupiter.api.Test;

class MeasurePipelineTest {
    private static final MeasureOptions OPTIONS = new MeasureOptions(null, null, null, null, null);
    private static final StitchOptions STITCH = new StitchOptions(null, 0, null, null, null, null);
    private static final long HOUR = Duration.ofHours(1).toMillis();

    @Test
    void whatFlowsAndWhatIsKeptIsSerializedWithoutKryo() {
        PojoTestUtils.assertSerializedAsPojoWithoutKryo(StitchedRead.class);
        PojoTestUtils.assertSerializedAsPojoWithoutKryo(Attribution.class);
        PojoTestUtils.assertSerializedAsPojoWithoutKryo(TotalDelta.class);
        PojoTestUtils.assertSerializedAsPojoWithoutKryo(PresenceDelta.class);
        PojoTestUtils.assertSerializedAsPojoWithoutKryo(PresenceDelta.Key.class);
        PojoTestUtils.assertSerializedAsPojoWithoutKryo(MetricRow.class);
        PojoTestUtils.assertSerializedAsPojoWithoutKryo(Leaf.class);
        PojoTestUtils.assertSerializedAsPojoWithoutKryo(Total.class);
    }

    @Test
    void rowsHoldEventsByNameAndPeopleAWindow() throws Exception {
        List<StitchedRead> input = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            input.add(read("user_id:" + i % 10, "profile-" + i % 10, i, i % 3 == 0 ? "Bought" : "Seen", i % 2 * HOUR));
        }
        input.addAll(List.copyOf(input.subList(0, 100)));
        // Two of the ten turn out to be one person.
        input.add(new StitchedRead(0, new Attribution("user_id:3", "profile-4", null, 0, 1, "", 0, 0, 0, null), null));
        input.add(new StitchedRead(
                0, null, new Rejected("s", 0, 1, 0, null, null, "measure", RejectionReason.MALFORMED, "broken")));

        Configuration configuration = new Configuration();
        configuration.set(PipelineOptions.GENERIC_TYPES, false);
        StreamExecutionEnvironment environment = StreamExecutionEnvironment.createLocalEnvironment(2, configuration);
        MeasurePipeline pipeline = MeasurePipeline.define(
                environment
                        .fromData(StitchedRead.class, input.toArray(StitchedRead[]::new))
                        // As in the topic: the records of one identifier stay in their order.
                        .partitionCustom(
                                (identifier, partitions) -> Math.floorMod(identifier.hashCode(), partitions),
                                read -> read.attribution() == null
                                        ? ""
                                        : read.attribution().identifier()),
                OPTIONS,
                STITCH);
        Iterator<MetricRow> rows = pipeline.rows().collectAsync();
        Iterator<Rejected> rejected = pipeline.rejected().collectAsync();
        environment.executeAsync();

        Map<String, Double> store = new TreeMap<>();
        rows.forEachRemaining(row -> store.put(
                row.metric() + " " + row.windowSize() + " " + row.windowStartMillis() / HOUR + " " + row.dimensions(),
                row.value()));
        assertThat(store)
                .containsEntry("events 1d 0 {\"type\":\"track\",\"event\":\"Bought\"}", 100.0)
                .containsEntry("events 1d 0 {\"type\":\"track\",\"event\":\"Seen\"}", 200.0)
                .containsEntry("events 1h 0 {\"type\":\"track\",\"event\":\"Bought\"}", 50.0)
                .containsEntry("events 1m 1 {\"type\":\"track\",\"event\":\"Seen\"}", 100.0)
                .containsEntry("unique_profiles 1d 0 {}", 9.0)
                .containsEntry("unique_profiles 1h 0 {}", 5.0)
                .containsEntry("unique_profiles 1h 1 {}", 5.0);
        List<Rejected> dead = new ArrayList<>();
        rejected.forEachRemaining(dead::add);
        assertThat(dead).hasSize(1);
    }

    private static StitchedRead read(String leaf, String profile, long offset, String name, long timeMillis) {
        Event event = new Event(
                "m" + offset,
                "track",
                name,
                null,
                null,
                null,
                null,
                null,
                timeMillis,
                null,
                null,
                null,
                null,
                null,
                null);
        return new StitchedRead(
                0, new Attribution(leaf, profile, null, 0, 1, "raw", 0, offset, timeMillis, event), null);
    }
}
