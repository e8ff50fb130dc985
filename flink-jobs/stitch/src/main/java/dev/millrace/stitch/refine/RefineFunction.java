package dev.millrace.stitch.refine;

import dev.millrace.core.event.Event;
import dev.millrace.core.event.EventTime;
import dev.millrace.core.event.EventType;
import dev.millrace.core.event.MessageIds;
import dev.millrace.core.event.Rejected;
import dev.millrace.core.event.RejectionReason;
import dev.millrace.core.identity.Identifier;
import dev.millrace.core.identity.IdentityRules;
import dev.millrace.runtime.config.MillraceConfig.StitchOptions;
import dev.millrace.runtime.kafka.RawRecord;
import java.util.Optional;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;

/**
 * Raw records to usable events: the client's clock corrected, a message id given where there is none, the leaf found.
 * What can't be used goes to {@link #REJECTED}; nothing else is dropped.
 */
public final class RefineFunction extends ProcessFunction<RawRecord, Refined> {
    /** Dead letters. */
    public static final OutputTag<Rejected> REJECTED = new OutputTag<>("rejected") {};

    /** How much of a client's text is quoted in a message. */
    private static final int QUOTED_CHARS = 80;

    private final StitchOptions options;
    private transient IdentityRules identityRules;
    private transient Counter clockCorrected;
    private transient Counter timeClamped;
    private transient Counter idDerived;
    private transient Counter rejected;

    public RefineFunction(StitchOptions options) {
        this.options = options;
    }

    @Override
    public void open(OpenContext context) {
        identityRules = options.identityRules();
        MetricGroup metrics = getRuntimeContext().getMetricGroup().addGroup("millrace");
        clockCorrected = metrics.counter("client_clock_corrected");
        timeClamped = metrics.counter("timestamp_clamped");
        idDerived = metrics.counter("message_id_derived");
        rejected = metrics.counter("rejected");
    }

    @Override
    public void processElement(RawRecord raw, Context context, Collector<Refined> out) {
        Event event = raw.event();
        if (event == null) {
            reject(context, raw.rejected("decode", raw.reason(), raw.problem()));
            return;
        }
        if (EventType.of(event.type()).isEmpty()) {
            String message = "the event's type is '" + shortened(event.type())
                    + "'; it must be track, identify, page, screen, group or alias";
            reject(context, raw.rejected("refine", RejectionReason.UNKNOWN_TYPE, message));
            return;
        }
        Optional<String> leaf = identityRules.leaf(event);
        if (leaf.isEmpty()) {
            String message = "the event has no userId and no anonymousId that points at somebody";
            reject(context, raw.rejected("refine", RejectionReason.NO_IDENTIFIER, message));
            return;
        }
        if (leaf.get().length() > Identifier.MAX_CHARS) {
            String message = "the identifier " + shortened(leaf.get()) + " is longer than " + Identifier.MAX_CHARS
                    + " characters";
            reject(context, raw.rejected("refine", RejectionReason.OVERSIZED_IDENTIFIER, message));
            return;
        }
        EventTime time =
                EventTime.of(event, raw.recordMillis(), options.maxFuture().toMillis());
        if (time.corrected()) {
            clockCorrected.inc();
        }
        if (time.clamped()) {
            timeClamped.inc();
        }
        if (event.messageId() == null || event.messageId().isEmpty()) {
            idDerived.inc();
            event = event.withMessageId(MessageIds.derive(event, raw.topic(), raw.partition(), raw.offset()));
        }
        out.collect(new Refined(leaf.get(), time.millis(), raw.topic(), raw.partition(), raw.offset(), event));
    }

    private static String shortened(String text) {
        return text.length() <= QUOTED_CHARS ? text : text.substring(0, QUOTED_CHARS) + "…";
    }

    private void reject(Context context, Rejected dead) {
        rejected.inc();
        context.output(REJECTED, dead);
    }
}
