package dev.millrace.measure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.core.metric.Observation;
import dev.millrace.runtime.kafka.StitchedRead;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.util.ProcessFunctionTestHarnesses;
import org.junit.jupiter.api.Test;

class AdmitFunctionTest {
    private static final Observation MOVE = Records.move("user_id:u", "p", 5);

    @Test
    void observationsSayHowFarEventTimeHadComeUntilThatIsKnown() throws Exception {
        try (var harness = ProcessFunctionTestHarnesses.forProcessFunction(new AdmitFunction())) {
            harness.processElement(new StitchedRead(1, null, 0, 1, MOVE, null), 0);
            harness.processElement(new StitchedRead(1, 700L, 0, 1, MOVE, null), 0);
            harness.processWatermark(new Watermark(600));
            harness.processElement(new StitchedRead(1, 800L, 0, 1, MOVE, null), 0);
            assertThat(harness.extractOutputValues())
                    .extracting(Observation::watermarkMillis)
                    .containsExactly(Observation.UNKNOWN_WATERMARK, 700L, Observation.UNKNOWN_WATERMARK);
        }
    }
}
