package dev.millrace.stitch;

import dev.millrace.core.event.Rejected;
import dev.millrace.core.identity.Attribution;
import dev.millrace.runtime.config.MillraceConfig.StitchOptions;
import dev.millrace.runtime.kafka.RawRecord;
import dev.millrace.stitch.refine.RefineFunction;
import dev.millrace.stitch.refine.Refined;
import dev.millrace.stitch.resolve.ResolveFunction;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;

/**
 * The stages of StitchJob, from raw records to attributions.
 *
 * @param stitched attributions, in order an identifier
 * @param rejected dead letters
 */
public record StitchPipeline(DataStream<Attribution> stitched, DataStream<Rejected> rejected) {

    /**
     * Joins the stages.
     *
     * <pre>
     *   raw (decoded at the source) ──▶ refine ──by leaf──▶ resolve ──▶ stitched
     *                                     └──▶ rejected
     * </pre>
     */
    public static StitchPipeline define(DataStream<RawRecord> raw, StitchOptions options) {
        SingleOutputStreamOperator<Refined> refined =
                raw.process(new RefineFunction(options)).name("refine").uid("refine");

        DataStream<Attribution> stitched = refined.keyBy(Refined::leaf)
                .process(new ResolveFunction(options))
                .name("resolve")
                .uid("resolve");

        return new StitchPipeline(stitched, refined.getSideOutput(RefineFunction.REJECTED));
    }
}
