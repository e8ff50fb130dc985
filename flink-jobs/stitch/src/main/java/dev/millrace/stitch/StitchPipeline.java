package dev.millrace.stitch;

import dev.millrace.core.event.Rejected;
import dev.millrace.core.identity.Arrival;
import dev.millrace.core.identity.Decision;
import dev.millrace.core.identity.IdentityRules;
import dev.millrace.core.identity.Message;
import dev.millrace.runtime.binary.BinaryType;
import dev.millrace.runtime.config.MillraceConfig;
import dev.millrace.runtime.kafka.RawEvent;
import dev.millrace.stitch.refine.RefineFunction;
import dev.millrace.stitch.resolve.ResolveFunction;
import dev.millrace.stitch.resolve.ResolveOperator;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;

/**
 * The stages of StitchJob, from raw records to decisions.
 *
 * @param stitched what the actors decided, in order an identifier
 * @param telling what they tell each other, to come back as {@code told}
 * @param rejected dead letters
 */
public record StitchPipeline(
        DataStream<Decision> stitched, DataStream<Message> telling, DataStream<Rejected> rejected) {

    /**
     * Joins the stages.
     *
     * <pre>
     *   raw (decoded at the source) ──▶ refine ──by leaf──▶ resolve ──▶ stitched
     *                                     │                  ▲    └───▶ telling ┐
     *                                     │                  └── by identifier ─┴─ told (through Kafka)
     *                                     └──▶ rejected
     * </pre>
     */
    public static StitchPipeline define(DataStream<RawEvent> raw, DataStream<Message> told, MillraceConfig config) {
        IdentityRules rules = config.requireIdentity().rules();

        SingleOutputStreamOperator<Arrival> refined = raw.process(new RefineFunction(rules))
                .returns(BinaryType.ARRIVAL)
                .name("refine")
                .uid("refine");

        SingleOutputStreamOperator<Decision> stitched = refined.keyBy(Arrival::leaf, BinaryType.TEXT)
                .connect(told.keyBy(Message::to, BinaryType.TEXT))
                .transform(
                        "resolve",
                        BinaryType.DECISION,
                        new ResolveOperator(new ResolveFunction(
                                config.stitch(),
                                rules,
                                config.topics().loopRetention(),
                                config.flink().stateBackend())))
                .uid("resolve");

        return new StitchPipeline(
                stitched,
                stitched.getSideOutput(ResolveFunction.TELLING),
                refined.getSideOutput(RefineFunction.REJECTED));
    }
}
