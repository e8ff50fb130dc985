package dev.millrace.measure.total;

import dev.millrace.core.catalogue.Metric;
import dev.millrace.core.metric.Freshness;
import dev.millrace.core.metric.Measuring;
import dev.millrace.core.metric.MetricRows;
import dev.millrace.core.metric.Total;
import dev.millrace.core.metric.TotalDelta;
import dev.millrace.core.metric.TotalKey;
import dev.millrace.core.metric.TotalWindow;
import dev.millrace.core.store.MetricDescription;
import dev.millrace.core.store.MetricRow;
import dev.millrace.core.store.ProgressRow;
import dev.millrace.measure.EventTime;
import dev.millrace.measure.KeptMetrics;
import dev.millrace.runtime.metric.Delay;
import dev.millrace.runtime.postgres.StoreHistory;
import dev.millrace.runtime.postgres.StoreHistory.WrittenMetric;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.flink.api.common.TaskInfo;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.InternalTimer;
import org.apache.flink.streaming.api.operators.InternalTimerService;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.operators.Triggerable;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.util.OutputTag;

/**
 * By metric and window: adds up, and writes the rows that have changed, each at most once a flush interval however hot it
 * is, and before each checkpoint; once in {@value #FLUSHES_BEHIND} intervals while all that comes is a backlog. Between two
 * flushes what has changed is in memory alone.
 *
 * <p>After a failure, rows that were written since the checkpoint are written again before the next one, as they are by
 * then: a value that came about for a moment, and the second time round does not, would stay in the store.
 */
public final class TotalOperator extends AbstractStreamOperator<MetricRow>
        implements OneInputStreamOperator<TotalDelta, MetricRow>, Triggerable<TotalKey, VoidNamespace> {
    /**
     * How far event time has come, from the first subtask: all have come as far. It is told so much later that rows of before
     * are on their way from all of them, however long they wait for more.
     */
    public static final OutputTag<ProgressRow> PROGRESS = new OutputTag<>("progress") {};

    private static final int MOST_FULL_WINDOWS = 16;

    static final String WRITER = "measure";
    /** How far the clocks of the machines that write may be apart. */
    private static final long CLOCKS_APART_MILLIS = 30_000;
    /** Rows changed between two flushes at most, so that the memory for them is bounded. */
    private static final int MOST_ROWS = 50_000;
    /** Of a backlog nobody watches each step, and its rows are written a few times less, while that is no long time. */
    static final int FLUSHES_BEHIND = 4;

    private static final long MOST_BEHIND_MILLIS = 2_000;

    private final Measuring rules;
    private final long flushMillis;
    private final StoreHistory history;
    private final List<MetricDescription> descriptions;

    private transient ListState<Long> savedAt;
    private transient EventTime eventTime;
    private transient KeptMetrics keptMetrics;
    /** What the store may have that this does not know of; until the first checkpoint. */
    private transient Map<TotalKey, Set<String>> suspects;

    private transient MapState<String, Total> totals;
    private transient ValueState<Integer> rows;
    private transient ValueState<Integer> foldedFrom;
    private transient InternalTimerService<VoidNamespace> timers;
    private transient Map<TotalKey, Changed> changed;
    private transient int changedRows;
    /** When the first of them changed. */
    private transient long changedMillis;
    /** Of what has changed. */
    private transient Freshness freshness;
    /** Flush intervals that have gone by without a flush. */
    private transient int waited;
    /** Whether something has come in the present one. */
    private transient boolean heard;
    /** Values of the windows that have so many rows that some may be folded; the last used. */
    private transient Map<TotalKey, TotalWindow> fullWindows;

    private transient StreamRecord<MetricRow> written;
    private transient long toldMillis;
    /** What is told next... */
    private transient long reachedMillis;
    /** ...and when that was reached, by the clock. */
    private transient long reachedAtMillis;

    private transient boolean finished;
    private transient Counter folded;
    private transient Counter beyondHorizon;
    private transient Delay countedToRow;

    /**
     * @param history of the store that the rows are written to
     * @param descriptions of the metrics, for the store
     */
    public TotalOperator(
            Measuring rules, long flushMillis, StoreHistory history, List<MetricDescription> descriptions) {
        this.rules = rules;
        this.flushMillis = flushMillis;
        this.history = history;
        this.descriptions = List.copyOf(descriptions);
    }

    /** What has changed of one window. */
    private static final class Changed {
        private final Metric metric;
        private final Map<String, Total> totals = new HashMap<>();
        /** Those that have changed after event time had passed all that belongs to the window. */
        private final Set<Total> corrected = Collections.newSetFromMap(new IdentityHashMap<>());
        /** How many rows the window has. */
        private int rows;
        /** How many values a dimension may have before more are folded. */
        private int mostValues;
        /** Whether the first were folded, or the first for so few. */
        private boolean foldedAnew;

        Changed(Metric metric) {
            this.metric = metric;
            this.mostValues = metric.mostValues();
        }
    }

    @Override
    public void initializeState(StateInitializationContext context) throws Exception {
        super.initializeState(context);
        savedAt = context.getOperatorStateStore().getUnionListState(TotalState.SAVED_AT);
        eventTime = new EventTime(rules, context.getOperatorStateStore());
        keptMetrics = new KeptMetrics(context.getOperatorStateStore());
        suspects = new HashMap<>();
        long since = Long.MAX_VALUE;
        for (long millis : savedAt.get()) {
            since = Math.min(since, millis - CLOCKS_APART_MILLIS);
        }
        boolean restored = since != Long.MAX_VALUE;
        Map<Boolean, List<Metric>> known = rules.catalogue().metrics().stream()
                .collect(Collectors.partitioningBy(metric -> restored && keptMetrics.contains(metric)));
        suspectAll(since, known.get(true));
        suspectAll(history.attemptsSinceMillis(getRuntimeContext().getTaskInfo().getAttemptNumber()), known.get(false));
        if (getRuntimeContext().getTaskInfo().getIndexOfThisSubtask() == 0) {
            history.describe(descriptions);
            begin();
        }
    }

    private void suspectAll(long writtenSinceMillis, List<Metric> metrics) throws Exception {
        if (writtenSinceMillis != Long.MAX_VALUE && !metrics.isEmpty()) {
            history.metricsSince(writtenSinceMillis, eventTime.hotSinceMillis(), row -> suspect(row, metrics));
        }
    }

    /** Tells the store which rows count from the savepoint on that this goes on from. */
    private void begin() throws Exception {
        Long since = null;
        for (long millis : savedAt.get()) {
            since = since == null ? millis : Math.max(since, millis);
        }
        List<String> all = new ArrayList<>();
        List<String> begun = new ArrayList<>();
        for (Metric metric : rules.catalogue().metrics()) {
            String rowsOf = metric.isSessionRows() ? "table sessions" : "metric " + metric.name();
            all.add(rowsOf);
            if (since != null && !keptMetrics.contains(metric)) {
                begun.add(rowsOf);
            }
        }
        history.begin(all, begun, since);
    }

    /** Notes a row of the store, if it is one of this subtask's. */
    private void suspect(WrittenMetric row, List<Metric> known) {
        for (Metric metric : known) {
            if (MetricRows.isOf(
                    metric,
                    row.metric(),
                    row.windowSize(),
                    row.windowStartMillis(),
                    row.windowEndMillis(),
                    row.dimensions())) {
                TotalKey key =
                        new TotalKey(metric.id(), row.windowSize(), row.windowStartMillis(), row.windowEndMillis());
                if (isMine(key)) {
                    suspects.computeIfAbsent(key, any -> new HashSet<>())
                            .add(MetricRows.values(metric, row.dimensions()));
                }
            }
        }
    }

    /** Has the suspects written as they are by now. */
    private void writeSuspects() throws Exception {
        for (Map.Entry<TotalKey, Set<String>> window : suspects.entrySet()) {
            setCurrentKey(window.getKey());
            writeSuspects(window.getKey(), window.getValue());
            if (changedRows >= MOST_ROWS) {
                flush();
            }
        }
        suspects.clear();
    }

    /** A row of the current key that is nowhere is nothing; it is not kept, or it would take another's place. */
    private void writeSuspects(TotalKey key, Set<String> ofWindow) throws Exception {
        Metric metric = rules.catalogue().byId(key.metric());
        Changed touched = window(key, metric);
        long now = getProcessingTimeService().getCurrentProcessingTime();
        for (String dimensions : ofWindow) {
            if (total(touched, dimensions) == null) {
                MetricRows.write(
                        metric,
                        key,
                        dimensions,
                        Total.of(metric),
                        now,
                        false,
                        row -> output.collect(written.replace(row)));
            }
        }
    }

    private boolean isMine(Object key) {
        TaskInfo task = getRuntimeContext().getTaskInfo();
        return KeyGroupRangeAssignment.assignKeyToParallelOperator(
                        key, task.getMaxNumberOfParallelSubtasks(), task.getNumberOfParallelSubtasks())
                == task.getIndexOfThisSubtask();
    }

    @Override
    public void snapshotState(StateSnapshotContext context) throws Exception {
        super.snapshotState(context);
        savedAt.update(List.of(getProcessingTimeService().getCurrentProcessingTime()));
        eventTime.advance(timers.currentWatermark());
        eventTime.save();
        keptMetrics.save(rules.catalogue());
    }

    @Override
    public void open() throws Exception {
        super.open();
        totals = getRuntimeContext().getMapState(TotalState.TOTALS);
        rows = getRuntimeContext().getState(TotalState.ROWS);
        foldedFrom = getRuntimeContext().getState(TotalState.FOLDED_FROM);
        timers = getInternalTimerService("timers", VoidNamespaceSerializer.INSTANCE, this);
        changed = new LinkedHashMap<>();
        fullWindows = new LinkedHashMap<>(MOST_FULL_WINDOWS, 0.75f, true) {
            @Override
            protected boolean removeEldestEntry(Map.Entry<TotalKey, TotalWindow> eldest) {
                return size() > MOST_FULL_WINDOWS;
            }
        };
        freshness = Freshness.UNKNOWN;
        written = new StreamRecord<>(null);
        toldMillis = Long.MIN_VALUE;
        reachedMillis = Long.MIN_VALUE;
        MetricGroup metrics = getRuntimeContext().getMetricGroup().addGroup("millrace");
        folded = metrics.counter("values_folded");
        beyondHorizon = metrics.counter("arrivals_beyond_horizon");
        countedToRow = Delay.ofBatchesIn(metrics, "counted_to_row_millis");
        flushLater();
    }

    private void flushLater() {
        long now = getProcessingTimeService().getCurrentProcessingTime();
        getProcessingTimeService().registerTimer(now + flushMillis, millis -> {
            if (!finished) {
                waited++;
                if (freshness != Freshness.BACKLOG
                        || waited >= FLUSHES_BEHIND
                        || waited * flushMillis >= MOST_BEHIND_MILLIS
                        || !heard) {
                    flush();
                }
                heard = false;
                flushLater();
            }
        });
    }

    @Override
    public void processElement(StreamRecord<TotalDelta> element) throws Exception {
        TotalDelta delta = element.getValue();
        Metric metric = rules.catalogue().byId(delta.key().metric());
        if (metric == null) {
            return; // It was taken out of the catalogue since.
        }
        if (isPastHorizon(delta.key()) && rows.value() == null && !changed.containsKey(delta.key())) {
            beyondHorizon.inc(); // Only what is counted by arrival can be so old: dead letters that lay for long.
            return;
        }
        heard = true;
        if (delta.freshness() != Freshness.UNKNOWN && freshness != Freshness.LIVE) {
            freshness = delta.freshness();
        }
        Changed window = window(delta.key(), metric);
        Total total = total(window, delta);
        total.add(metric, delta.amounts());
        if (isClosed(delta.key(), metric)) {
            window.corrected.add(total);
        }
        if (changedRows >= MOST_ROWS) {
            flush();
        }
    }

    /** What has changed of a window, which is the current key. */
    private Changed window(TotalKey key, Metric metric) throws Exception {
        Changed window = changed.get(key);
        if (window == null) {
            window = new Changed(metric);
            Integer known = rows.value();
            if (known == null) {
                timers.registerEventTimeTimer(VoidNamespace.INSTANCE, key.endMillis() + rules.horizonMillis());
            } else {
                window.rows = known;
                Integer from = TotalWindow.mayFold(metric, 0, known) ? foldedFrom.value() : null;
                if (from != null) {
                    // What was folded stays so where the bound was raised since, or it would be taken back elsewhere.
                    window.mostValues = Math.min(window.mostValues, from);
                }
            }
            changed.put(key, window);
        }
        return window;
    }

    private Total total(Changed window, TotalDelta delta) throws Exception {
        Total total = total(window, delta.dimensions());
        if (total != null) {
            return total;
        }
        return TotalWindow.mayFold(window.metric, window.mostValues, window.rows)
                ? folded(window, delta)
                : created(window, delta.dimensions());
    }

    /** Of a window with many rows, that which a combination of values goes to that has none of its own. */
    private Total folded(Changed window, TotalDelta delta) throws Exception {
        TotalWindow values = fullWindows.get(delta.key());
        if (values == null) {
            Set<String> all = new HashSet<>(window.totals.keySet());
            totals.keys().forEach(all::add);
            values = new TotalWindow(window.mostValues, all);
            fullWindows.put(delta.key(), values);
        }
        String dimensions = values.fold(delta.dimensions());
        Total total = total(window, dimensions);
        if (total == null && values.isFull()) {
            dimensions = values.others();
            total = total(window, dimensions);
        }
        if (!dimensions.equals(delta.dimensions())) {
            folded.inc();
            window.foldedAnew = true;
        }
        if (total == null) {
            total = created(window, dimensions);
            values.created(dimensions);
        }
        return total;
    }

    private Total created(Changed window, String dimensions) {
        Total total = Total.of(window.metric);
        window.rows++;
        touch(window, dimensions, total);
        return total;
    }

    /** The row with these values; null: there is none. */
    private Total total(Changed window, String dimensions) throws Exception {
        Total total = window.totals.get(dimensions);
        if (total == null) {
            total = totals.get(dimensions);
            if (total != null) {
                touch(window, dimensions, total);
            }
        }
        return total;
    }

    private void touch(Changed window, String dimensions, Total total) {
        window.totals.put(dimensions, total);
        if (changedRows++ == 0) {
            changedMillis = getProcessingTimeService().getCurrentProcessingTime();
        }
    }

    private void flush() throws Exception {
        if (changedRows > 0) {
            countedToRow.since(changedMillis);
        }
        for (Map.Entry<TotalKey, Changed> window : changed.entrySet()) {
            setCurrentKey(window.getKey());
            write(window.getKey(), window.getValue());
        }
        changed.clear();
        changedRows = 0;
        freshness = Freshness.UNKNOWN;
        waited = 0;
        progress();
    }

    private void write(TotalKey key, Changed window) throws Exception {
        long now = getProcessingTimeService().getCurrentProcessingTime();
        for (Map.Entry<String, Total> total : window.totals.entrySet()) {
            MetricRows.write(
                    window.metric,
                    key,
                    total.getKey(),
                    total.getValue(),
                    now,
                    window.corrected.contains(total.getValue()),
                    row -> output.collect(written.replace(row)));
            totals.put(total.getKey(), total.getValue());
        }
        rows.update(window.rows);
        if (window.foldedAnew) {
            foldedFrom.update(window.mostValues);
        }
    }

    /** What is counted by arrival is never corrected: it only comes. */
    private boolean isClosed(TotalKey key, Metric metric) {
        return !metric.arrivals()
                && key.endMillis() + metric.settlesMillis()
                        <= Math.max(eventTime.passedMillis(), timers.currentWatermark());
    }

    private boolean isPastHorizon(TotalKey key) {
        return key.endMillis() <= rules.hotSince(timers.currentWatermark());
    }

    private void progress() {
        if (getRuntimeContext().getTaskInfo().getIndexOfThisSubtask() != 0) {
            return;
        }
        long now = getProcessingTimeService().getCurrentProcessingTime();
        if (reachedMillis != toldMillis && now - reachedAtMillis >= Math.max(flushMillis, MOST_BEHIND_MILLIS)) {
            toldMillis = reachedMillis;
            eventTime.advance(toldMillis);
            output.collect(
                    PROGRESS, new StreamRecord<>(new ProgressRow(WRITER, toldMillis, eventTime.hotSinceMillis(), now)));
        }
        long watermark = timers.currentWatermark();
        boolean says = watermark != Long.MIN_VALUE && watermark != Long.MAX_VALUE;
        if (reachedMillis == toldMillis && says && watermark != toldMillis) {
            reachedMillis = watermark;
            reachedAtMillis = now;
        }
    }

    @Override
    public void onEventTime(InternalTimer<TotalKey, VoidNamespace> timer) throws Exception {
        TotalKey key = timer.getKey();
        Set<String> suspected = suspects.remove(key);
        if (suspected != null) {
            writeSuspects(key, suspected);
        }
        Changed last = changed.remove(key);
        if (last != null) {
            changedRows -= last.totals.size();
            write(key, last);
        }
        if (key.endMillis() + rules.horizonMillis() > timer.getTimestamp()) {
            // The horizon was raised since the timer was set.
            timers.registerEventTimeTimer(VoidNamespace.INSTANCE, key.endMillis() + rules.horizonMillis());
            return;
        }
        fullWindows.remove(key);
        totals.clear();
        rows.clear();
        foldedFrom.clear();
    }

    @Override
    public void onProcessingTime(InternalTimer<TotalKey, VoidNamespace> timer) {}

    @Override
    public void prepareSnapshotPreBarrier(long checkpointId) throws Exception {
        writeSuspects();
        flush();
        super.prepareSnapshotPreBarrier(checkpointId);
    }

    @Override
    public void finish() throws Exception {
        finished = true;
        writeSuspects();
        flush();
        super.finish();
    }
}
