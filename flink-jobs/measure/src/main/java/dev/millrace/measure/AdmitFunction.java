package dev.millrace.measure;

import dev.millrace.core.event.Rejected;
import dev.millrace.core.metric.Observation;
import dev.millrace.runtime.kafka.StitchedRead;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;

/**
 * Lets observations in, and turns away what can't be read. As long as this job does not know how far event time has come,
 * each observation says what StitchJob knew of it: a job that begins without state in the middle of things must not take
 * what happened long ago for hot.
 */
final class AdmitFunction extends ProcessFunction<StitchedRead, Observation> {
    static final OutputTag<Rejected> REJECTED = new OutputTag<>("rejected") {};

    @Override
    public void processElement(StitchedRead read, Context context, Collector<Observation> out) {
        if (read.observation() == null) {
            context.output(REJECTED, read.rejected());
        } else if (read.watermarkMillis() == null || context.timerService().currentWatermark() != Long.MIN_VALUE) {
            out.collect(read.observation());
        } else {
            out.collect(read.observation().at(read.watermarkMillis()));
        }
    }
}
