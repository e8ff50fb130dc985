package dev.millrace.measure;

import dev.millrace.core.event.Rejected;
import dev.millrace.core.metric.Observation;
import dev.millrace.runtime.kafka.StitchedRead;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;

/** Lets observations in, and turns away what can't be read. */
final class AdmitFunction extends ProcessFunction<StitchedRead, Observation> {
    static final OutputTag<Rejected> REJECTED = new OutputTag<>("rejected") {};

    @Override
    public void processElement(StitchedRead read, Context context, Collector<Observation> out) {
        if (read.observation() == null) {
            context.output(REJECTED, read.rejected());
        } else {
            out.collect(read.observation());
        }
    }
}
