package dev.millrace.measure;

import dev.millrace.core.event.Rejected;
import dev.millrace.core.identity.Attribution;
import dev.millrace.runtime.kafka.StitchedRead;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;

/** Lets attributions in, and turns away what can't be read. */
final class AdmitFunction extends ProcessFunction<StitchedRead, Attribution> {
    static final OutputTag<Rejected> REJECTED = new OutputTag<>("rejected") {};

    @Override
    public void processElement(StitchedRead read, Context context, Collector<Attribution> out) {
        if (read.attribution() == null) {
            context.output(REJECTED, read.rejected());
        } else {
            out.collect(read.attribution());
        }
    }
}
