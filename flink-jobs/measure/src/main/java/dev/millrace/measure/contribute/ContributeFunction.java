package dev.millrace.measure.contribute;

import dev.millrace.core.identity.Attribution;
import dev.millrace.core.metric.Leaf;
import dev.millrace.core.metric.PresenceDelta;
import dev.millrace.core.metric.TotalDelta;
import java.util.List;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.TimerService;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;

/** By leaf: attributions to changes of totals, and (as {@link #ATTRIBUTED}) to changes of who is present. */
public final class ContributeFunction extends KeyedProcessFunction<String, Attribution, TotalDelta>
        implements CheckpointedFunction {
    /** What goes through the profile before it reaches a total. */
    public static final OutputTag<PresenceDelta> ATTRIBUTED = new OutputTag<>("attributed") {};

    private final Leaf.Rules rules;
    private transient ValueState<Leaf> leaves;
    private transient ListState<Long> hotSince;
    private transient long hotSinceMillis;
    /** Null before the first record. */
    private transient TimerService timers;

    private transient Counter repeats;
    private transient Counter lateBeyondHorizon;
    private transient Counter counted;

    public ContributeFunction(Leaf.Rules rules) {
        this.rules = rules;
    }

    @Override
    public void initializeState(FunctionInitializationContext context) throws Exception {
        hotSince = context.getOperatorStateStore().getUnionListState(ContributeState.HOT_SINCE);
        hotSinceMillis = Long.MIN_VALUE;
        for (long millis : hotSince.get()) {
            hotSinceMillis = Math.max(hotSinceMillis, millis);
        }
    }

    @Override
    public void snapshotState(FunctionSnapshotContext context) throws Exception {
        if (timers != null) {
            advance();
        }
        hotSince.update(List.of(hotSinceMillis));
    }

    /** It never goes back: what has once been let go of must not be begun anew, whatever horizon is configured. */
    private void advance() {
        hotSinceMillis = Math.max(hotSinceMillis, rules.hotSince(timers.currentWatermark()));
    }

    @Override
    public void open(OpenContext context) {
        leaves = getRuntimeContext().getState(ContributeState.LEAF);
        MetricGroup metrics = getRuntimeContext().getMetricGroup().addGroup("millrace");
        repeats = metrics.counter("repeats_dropped");
        lateBeyondHorizon = metrics.counter("late_beyond_horizon");
        counted = metrics.counter("events_counted");
    }

    @Override
    public void processElement(Attribution record, Context context, Collector<TotalDelta> out) throws Exception {
        timers = context.timerService();
        advance();
        Leaf leaf = leaves.value();
        boolean isNew = leaf == null;
        if (isNew) {
            leaf = new Leaf();
        }
        Leaf.Outcome outcome =
                leaf.next(record, hotSinceMillis, rules, out::collect, delta -> context.output(ATTRIBUTED, delta));
        switch (outcome) {
            case COUNTED -> counted.inc();
            case REPEAT -> repeats.inc();
            case LATE_BEYOND_HORIZON -> lateBeyondHorizon.inc();
            case NO_EVENT -> {}
        }
        if (isNew && leaf.lastWindowEndMillis == Long.MIN_VALUE) {
            return; // Nothing to remember: the next record says the profile again.
        }
        if (leaf.wakeAtMillis == Leaf.ASLEEP) {
            wakeBeyondHorizon(leaf, context);
        }
        leaves.update(leaf);
    }

    @Override
    public void onTimer(long timeMillis, OnTimerContext context, Collector<TotalDelta> out) throws Exception {
        timers = context.timerService();
        advance();
        Leaf leaf = leaves.value();
        if (leaf == null || leaf.wakeAtMillis != timeMillis) {
            return;
        }
        if (leaf.forget(rules.hotSince(timeMillis))) {
            leaves.clear();
            return;
        }
        wakeBeyondHorizon(leaf, context);
        leaves.update(leaf);
    }

    private void wakeBeyondHorizon(Leaf leaf, Context context) {
        leaf.wakeAtMillis = leaf.lastWindowEndMillis + rules.horizonMillis();
        context.timerService().registerEventTimeTimer(leaf.wakeAtMillis);
    }
}
