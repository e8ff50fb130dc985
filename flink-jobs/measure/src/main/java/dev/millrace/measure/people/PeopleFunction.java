package dev.millrace.measure.people;

import dev.millrace.core.identity.Attribution;
import dev.millrace.core.identity.LinkKey;
import dev.millrace.core.people.IdentifierRow;
import dev.millrace.core.people.ProfileMerge;
import dev.millrace.core.people.Sighting;
import dev.millrace.core.people.StoreBounds;
import dev.millrace.core.people.Trait;
import dev.millrace.core.people.Traits;
import java.util.Optional;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.streaming.api.TimeDomain;
import org.apache.flink.streaming.api.TimerService;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;

/**
 * By identifier: attributions to rows of {@code identifiers}, in the order of its log, and (as {@link #LINKS}, {@link
 * #MERGES} and {@link #TRAITS}) of the other tables of people, whose order does not matter.
 *
 * <p>A row is written at once where the identifier's standing has changed; where it was only seen again, once an
 * interval.
 */
public final class PeopleFunction extends KeyedProcessFunction<String, Attribution, IdentifierRow> {
    public static final OutputTag<LinkKey> LINKS = new OutputTag<>("links") {};
    public static final OutputTag<ProfileMerge> MERGES = new OutputTag<>("merges") {};
    public static final OutputTag<Trait> TRAITS = new OutputTag<>("traits") {};

    /** The watermark of a stream that has ended, or is drained: the clock's timers don't fire any more then. */
    private static final long END_OF_STREAM = Long.MAX_VALUE;

    private final long intervalMillis;
    private transient ValueState<Sighting> sightings;

    private transient Counter traitsLeftOut;
    private transient Counter traitsUnreadable;
    private transient Counter unstorable;

    public PeopleFunction(long intervalMillis) {
        this.intervalMillis = intervalMillis;
    }

    @Override
    public void open(OpenContext context) {
        sightings = getRuntimeContext().getState(PeopleState.SIGHTING);
        MetricGroup metrics = getRuntimeContext().getMetricGroup().addGroup("millrace");
        traitsLeftOut = metrics.counter("traits_left_out");
        traitsUnreadable = metrics.counter("traits_unreadable");
        unstorable = metrics.counter("identifiers_unstorable");
    }

    @Override
    public void processElement(Attribution record, Context context, Collector<IdentifierRow> out) throws Exception {
        if (!StoreBounds.canHold(record.identifier())) {
            unstorable.inc();
            return;
        }
        see(record, context.timerService(), out);
        if (record.link() != null && held(record.link())) {
            context.output(LINKS, record.link());
        }
        ProfileMerge.of(record, context.timerService().currentProcessingTime())
                .filter(merge -> held(merge.cause()))
                .ifPresent(merge -> context.output(MERGES, merge));
        Traits traits = Traits.of(record);
        traits.traits().forEach(trait -> context.output(TRAITS, trait));
        traitsLeftOut.inc(traits.leftOut());
        traitsUnreadable.inc(traits.unreadable() ? 1 : 0);
    }

    /** Whether the store can hold a row of the link; counted if not. */
    private boolean held(LinkKey link) {
        boolean held = StoreBounds.canHold(link);
        unstorable.inc(held ? 0 : 1);
        return held;
    }

    private void see(Attribution record, TimerService timers, Collector<IdentifierRow> out) throws Exception {
        Optional<Sighting> told = Sighting.of(record, timers.currentProcessingTime() + intervalMillis);
        if (told.isEmpty()) {
            return;
        }
        Sighting known = sightings.value();
        Sighting seen = known == null ? told.get() : known.and(told.get());
        if (record.standing() != null) {
            out.collect(seen.row(record.identifier(), record.standing()));
            if (known != null) {
                timers.deleteProcessingTimeTimer(known.writeAtMillis());
                timers.deleteEventTimeTimer(END_OF_STREAM);
                sightings.clear();
            }
        } else if (!seen.equals(known)) {
            if (known == null) {
                timers.registerProcessingTimeTimer(seen.writeAtMillis());
                timers.registerEventTimeTimer(END_OF_STREAM);
            }
            sightings.update(seen);
        }
    }

    @Override
    public void onTimer(long timeMillis, OnTimerContext context, Collector<IdentifierRow> out) throws Exception {
        Sighting seen = sightings.value();
        if (seen == null) {
            return; // Written since.
        }
        out.collect(seen.row(context.getCurrentKey()));
        sightings.clear();
        if (context.timeDomain() == TimeDomain.PROCESSING_TIME) {
            context.timerService().deleteEventTimeTimer(END_OF_STREAM);
        } else {
            context.timerService().deleteProcessingTimeTimer(seen.writeAtMillis());
        }
    }
}
