package dev.millrace.stitch.refine;

import dev.millrace.core.event.Envelope;
import dev.millrace.core.event.Envelope.Field;
import dev.millrace.core.event.EventType;
import dev.millrace.core.event.MessageIds;
import dev.millrace.core.event.Rejected;
import dev.millrace.core.event.RejectionReason;
import dev.millrace.core.identity.Arrival;
import dev.millrace.core.identity.Identification;
import dev.millrace.core.identity.Identifier;
import dev.millrace.core.identity.IdentityRules;
import dev.millrace.runtime.kafka.RawEvent;
import dev.millrace.runtime.metric.Delay;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;

/**
 * Raw records to usable events: the identifiers found, a message id given where there is none, and what was hashed to an
 * identifier replaced by it. What can't be used goes to {@link #REJECTED}; nothing else is dropped.
 */
public final class RefineFunction extends ProcessFunction<RawEvent, Arrival> {
    /** Dead letters. */
    public static final OutputTag<Rejected> REJECTED = new OutputTag<>("rejected") {};

    /** How much of a client's text is quoted in a message. */
    private static final int QUOTED_CHARS = 80;

    private final IdentityRules rules;
    private transient Identification identification;
    /** Of an event that was altered. */
    private transient Envelope altered;

    private transient Counter clockCorrected;
    private transient Counter timeClamped;
    private transient Counter idDerived;
    private transient Counter blocked;
    private transient Counter unusable;
    private transient Counter rejected;
    private transient Delay appendedToRead;

    public RefineFunction(IdentityRules rules) {
        this.rules = rules;
    }

    @Override
    public void open(OpenContext context) {
        identification = rules.identification();
        altered = new Envelope();
        MetricGroup metrics = getRuntimeContext().getMetricGroup().addGroup("millrace");
        clockCorrected = metrics.counter("client_clock_corrected");
        timeClamped = metrics.counter("timestamp_clamped");
        idDerived = metrics.counter("message_id_derived");
        blocked = metrics.counter("identifiers_blocked");
        unusable = metrics.counter("identifiers_unusable");
        rejected = metrics.counter("rejected");
        appendedToRead = Delay.in(metrics, "appended_to_read_millis");
    }

    @Override
    public void processElement(RawEvent raw, Context context, Collector<Arrival> out) {
        appendedToRead.since(raw.recordMillis());
        if (!raw.isEvent()) {
            reject(context, raw.rejected("decode", raw.reason(), raw.problem()));
            return;
        }
        Envelope event = raw.envelope();
        if (!EventType.isWireName(event.bytes(), event.start(Field.TYPE), event.end(Field.TYPE))) {
            String message = "the event's type is '" + shortened(event.text(Field.TYPE))
                    + "'; it must be track, identify, page, screen, group or alias";
            reject(context, raw.rejected("refine", RejectionReason.UNKNOWN_TYPE, message));
            return;
        }
        boolean found = identification.find(event);
        blocked.inc(identification.blocked());
        unusable.inc(identification.unusable());
        if (identification.oversized()) {
            String message = "the identifier " + shortened(identification.leaf()) + " is longer than "
                    + Identifier.MAX_CHARS + " characters";
            reject(context, raw.rejected("refine", RejectionReason.OVERSIZED_IDENTIFIER, message));
            return;
        }
        if (!found) {
            String message = "the event has no userId, no anonymousId and no other identifier that points at somebody";
            reject(context, raw.rejected("refine", RejectionReason.NO_IDENTIFIER, message));
            return;
        }
        if (raw.clockCorrected()) {
            clockCorrected.inc();
        }
        if (raw.timeClamped()) {
            timeClamped.inc();
        }
        if (!identification.replacements().isEmpty()) {
            event = alteredTo(event.with(identification.replacements()));
        }
        if (event.isEmpty(Field.MESSAGE_ID)) {
            idDerived.inc();
            String id = MessageIds.derive(event.event(), raw.topic(), raw.partition(), raw.offset());
            event = alteredTo(event.withMessageId(id));
        }
        long messageHash = MessageIds.hash(event.bytes(), event.start(Field.MESSAGE_ID), event.end(Field.MESSAGE_ID));
        out.collect(new Arrival(
                identification.leaf(),
                identification.others(),
                identification.alias(),
                messageHash,
                raw.eventTimeMillis(),
                raw.topic(),
                raw.partition(),
                raw.offset(),
                event.bytes(),
                event.from(),
                event.to()));
    }

    private Envelope alteredTo(byte[] avro) {
        if (!altered.read(avro, 0, avro.length)) {
            throw new IllegalStateException("an altered event is none any more");
        }
        return altered;
    }

    private static String shortened(String text) {
        return text.length() <= QUOTED_CHARS ? text : text.substring(0, QUOTED_CHARS) + "…";
    }

    private void reject(Context context, Rejected dead) {
        rejected.inc();
        context.output(REJECTED, dead);
    }
}
