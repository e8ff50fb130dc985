package dev.millrace.measure.contribute;

import dev.millrace.core.catalogue.CatalogueReader;
import dev.millrace.core.catalogue.DimensionValues;
import dev.millrace.core.catalogue.Hit;
import dev.millrace.core.catalogue.ReadableCatalogue;
import dev.millrace.core.catalogue.Signal;
import dev.millrace.core.metric.Freshness;
import dev.millrace.core.metric.Leaf;
import dev.millrace.core.metric.Leaf.Outcome;
import dev.millrace.core.metric.Measuring;
import dev.millrace.core.metric.Observation;
import dev.millrace.core.metric.Observation.SeenEvent;
import dev.millrace.core.metric.PendingChanges;
import dev.millrace.core.metric.ProfileChange;
import dev.millrace.core.store.RecentEventRow;
import dev.millrace.measure.CombiningOperator;
import dev.millrace.measure.DaysInState;
import dev.millrace.measure.EventTime;
import dev.millrace.runtime.binary.BinaryType;
import dev.millrace.runtime.config.MillraceConfig.StateBackend;
import dev.millrace.runtime.metric.Delay;
import dev.millrace.runtime.state.StateCache;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.streaming.api.operators.InternalTimer;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.util.OutputTag;

/**
 * By leaf: what an event adds to rows whoever's it is, and (as {@link #CHANGES}) what it adds through its profile. Of what a
 * record says besides, {@link #PEOPLE} are told, and {@link #JOURNEYS}.
 */
public final class ContributeOperator extends CombiningOperator<Observation> {
    public static final OutputTag<ProfileChange> CHANGES = new OutputTag<>("changes", BinaryType.PROFILE_CHANGE);
    public static final OutputTag<Sighted> PEOPLE = new OutputTag<>("people") {};
    public static final OutputTag<RecentEventRow> JOURNEYS = new OutputTag<>("journeys") {};
    private static final long MINUTE_MILLIS = 60_000;
    private static final String[] NOWHERE = {null, null, null};

    /** Events that have lain in the topic for so long are history, or a backlog: nobody watches for them to the second. */
    static final long BEHIND_MILLIS = 5_000;
    /** How long changes are gathered then, unless a watermark comes: of a visit of minutes, its profile hears a few times. */
    static final long COMBINE_BEHIND_MILLIS = 500;

    private final ReadableCatalogue catalogue;
    private final StateBackend backend;
    private final int held;
    private final boolean journeys;

    private transient StateCache<String, Leaf> leaves;
    private transient DaysInState olderDays;
    private transient EventTime eventTime;

    private transient CatalogueReader signals;
    private transient Post post;
    private transient PendingChanges changes;
    private transient StreamRecord<ProfileChange> told;
    /** Whether an event of a backlog came since the last wait for more began. */
    private transient boolean behind;
    /** Of the events since something was last passed on. */
    private transient Freshness freshness;

    private transient Counter counted;
    private transient Counter repeats;
    private transient Counter duplicates;
    private transient Counter late;
    private transient Counter beyondHorizon;
    private transient Counter leftOut;
    private transient Counter stale;
    private transient Delay appendedToCounted;

    /**
     * @param held how many leaves are at hand as objects
     * @param journeys whether events are kept for them
     */
    public ContributeOperator(
            Measuring rules, ReadableCatalogue catalogue, StateBackend backend, int held, boolean journeys) {
        super(rules);
        this.catalogue = catalogue;
        this.backend = backend;
        this.held = held;
        this.journeys = journeys;
    }

    @Override
    public void initializeState(StateInitializationContext context) throws Exception {
        super.initializeState(context);
        eventTime = new EventTime(rules, context.getOperatorStateStore());
    }

    @Override
    public void snapshotState(StateSnapshotContext context) throws Exception {
        super.snapshotState(context);
        eventTime.advance(watermark());
        eventTime.save();
    }

    /**
     * Since when events count. As long as nothing is known of event time it is what the record itself tells: a job that begins
     * without state in the middle of things must not take what happened long ago for hot.
     */
    private long hotSince(Observation record) {
        return eventTime.hotSinceMillis() == Measuring.EVER && record.watermarkMillis() != Observation.UNKNOWN_WATERMARK
                ? rules.hotSince(record.watermarkMillis())
                : eventTime.hotSinceMillis();
    }

    @Override
    public void open() throws Exception {
        super.open();
        leaves = cache(held, backend, ContributeState.LEAF, BinaryType.LEAF);
        olderDays = new DaysInState(getRuntimeContext().getMapState(ContributeState.DAYS));
        signals = catalogue.reader();
        post = new Post();
        changes = new PendingChanges();
        told = new StreamRecord<>(null);
        freshness = Freshness.UNKNOWN;
        MetricGroup metrics = getRuntimeContext().getMetricGroup().addGroup("millrace");
        counted = metrics.counter("events_counted");
        repeats = metrics.counter("repeats_dropped");
        duplicates = metrics.counter("duplicates_dropped");
        late = metrics.counter("late");
        beyondHorizon = metrics.counter("late_beyond_horizon");
        leftOut = metrics.counter("contributions_left_out");
        stale = metrics.counter("stale_records");
        appendedToCounted = Delay.in(metrics, "appended_to_counted_millis");
    }

    @Override
    public void processElement(StreamRecord<Observation> element) throws Exception {
        eventTime.advance(watermark());
        Leaf leaf = leaves.get(element.getValue().identifier());
        if (leaf == null) {
            leaf = new Leaf();
        }
        Observation record = leaf.believed(element.getValue());
        if (record != element.getValue()) {
            stale.inc();
        }
        long hotSinceMillis = hotSince(record);
        Outcome outcome = leaf.next(record, hotSinceMillis, rules, olderDays, post);
        if (record.event() != null) {
            boolean backlog = isOfABacklog(record.event());
            behind = behind || backlog;
            freshness = backlog && freshness != Freshness.LIVE ? Freshness.BACKLOG : Freshness.LIVE;
            tell(outcome, record.event());
            if (journeys && (outcome == Outcome.COUNTED || outcome == Outcome.COUNTED_IN_PART)) {
                output.collect(JOURNEYS, new StreamRecord<>(recent(record.identifier(), record.event())));
            }
        }
        people(record, leaf);
        if (leaf.wakeAtMillis() == Leaf.ASLEEP) {
            wakeAt(leaf.sleepUntil(rules, hotSinceMillis));
        }
        leaves.put(record.identifier(), leaf);
        passOnIfMany();
    }

    private boolean isOfABacklog(SeenEvent event) {
        return event.arrivedMillis() < getProcessingTimeService().getCurrentProcessingTime() - BEHIND_MILLIS;
    }

    private void tell(Outcome outcome, SeenEvent event) {
        switch (outcome) {
            case COUNTED, COUNTED_IN_PART -> {
                counted.inc();
                appendedToCounted.since(event.arrivedMillis());
                leftOut.inc(outcome == Outcome.COUNTED_IN_PART ? 1 : 0);
                signal(Signal.ACCEPTED, event);
                if (Math.floorDiv(event.timeMillis(), MINUTE_MILLIS) * MINUTE_MILLIS + MINUTE_MILLIS
                        <= eventTime.passedMillis()) {
                    late.inc();
                    signal(Signal.LATE, event);
                }
            }
            case DUPLICATE -> {
                duplicates.inc();
                signal(Signal.DUPLICATE, event);
            }
            case BEYOND_HORIZON -> {
                beyondHorizon.inc();
                signal(Signal.BEYOND_HORIZON, event);
            }
            case REPEAT -> repeats.inc();
            case NO_EVENT -> {}
        }
    }

    private void signal(Signal signal, SeenEvent event) {
        signals.signal(signal, null, hit -> post.count(hit, event.arrivedMillis()));
    }

    private void people(Observation record, Leaf leaf) {
        boolean seen = record.event() != null || record.people() != null;
        boolean unknown = !leaf.isSighted();
        boolean sights = seen && leaf.sights(Sighted.seenMillis(record), rules.sightingMillis());
        if (sights || record.people() != null) {
            output.collect(PEOPLE, new StreamRecord<>(Sighted.of(record, sights, unknown)));
        }
    }

    private static RecentEventRow recent(String identifier, SeenEvent event) {
        int slash = event.partition().lastIndexOf('/');
        String said = event.origin();
        for (Hit hit : event.hits()) {
            if (hit.metric().isSessionRows()) {
                said = hit.dimensions();
            }
        }
        String[] origin = said == null ? NOWHERE : DimensionValues.parse(said);
        return new RecentEventRow(
                identifier,
                event.timeMillis(),
                event.partition().substring(0, slash),
                Integer.parseInt(event.partition().substring(slash + 1)),
                event.offset(),
                event.type(),
                event.name(),
                origin[0],
                origin[1],
                origin[2]);
    }

    @Override
    public void onEventTime(InternalTimer<String, VoidNamespace> timer) throws Exception {
        eventTime.advance(watermark());
        Leaf leaf = leaves.get(timer.getKey());
        if (leaf == null || leaf.wakeAtMillis() != timer.getTimestamp()) {
            return;
        }
        if (leaf.forget(rules.hotSince(timer.getTimestamp()), rules, olderDays)) {
            leaves.put(timer.getKey(), null);
            return;
        }
        wakeAt(leaf.sleepUntil(rules, Measuring.EVER)); // From when it was last seen on.
        leaves.put(timer.getKey(), leaf);
    }

    @Override
    public void onProcessingTime(InternalTimer<String, VoidNamespace> timer) {}

    @Override
    protected void saveAhead(long nowMillis) throws Exception {
        leaves.writeAhead(nowMillis);
    }

    @Override
    protected void save(long begunMillis) throws Exception {
        leaves.flush(begunMillis);
    }

    @Override
    protected long combineMillis() {
        boolean backlog = behind;
        behind = false;
        return backlog ? COMBINE_BEHIND_MILLIS : COMBINE_MILLIS;
    }

    @Override
    protected Freshness takeFreshness() {
        Freshness asked = freshness;
        freshness = Freshness.UNKNOWN;
        return asked;
    }

    @Override
    protected int held() {
        return changes.size();
    }

    @Override
    protected void passOn() {
        super.passOn();
        changes.flush(change -> output.collect(CHANGES, told.replace(change)));
    }

    private final class Post implements Leaf.Output {
        @Override
        public void change(ProfileChange change) {
            changes.add(change);
        }

        @Override
        public void count(Hit hit, long timeMillis) {
            combiner.count(hit.metric(), hit.dimensions(), timeMillis, hit.micros());
        }
    }
}
