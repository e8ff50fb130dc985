package dev.millrace.measure.total;

import dev.millrace.core.metric.MetricRow;
import dev.millrace.core.metric.Total;
import dev.millrace.core.metric.TotalDelta;
import dev.millrace.core.metric.TotalKey;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.streaming.api.TimeDomain;
import org.apache.flink.streaming.api.TimerService;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/** By row: adds changes up, and emits the row at most once a flush interval, however hot it is. */
public final class TotalFunction extends KeyedProcessFunction<TotalKey, TotalDelta, MetricRow> {
    private final long flushMillis;
    private final long horizonMillis;
    private transient ValueState<Total> totals;

    public TotalFunction(long flushMillis, long horizonMillis) {
        this.flushMillis = flushMillis;
        this.horizonMillis = horizonMillis;
    }

    @Override
    public void open(OpenContext context) {
        totals = getRuntimeContext().getState(TotalState.TOTAL);
    }

    @Override
    public void processElement(TotalDelta delta, Context context, Collector<MetricRow> out) throws Exception {
        TimerService timers = context.timerService();
        Total total = totals.value();
        if (total == null) {
            total = new Total();
            timers.registerEventTimeTimer(delta.key().windowEndMillis() + horizonMillis);
        }
        total.value += delta.value();
        if (!total.due) {
            total.due = true;
            timers.registerProcessingTimeTimer(timers.currentProcessingTime() + flushMillis);
        }
        totals.update(total);
    }

    @Override
    public void onTimer(long timeMillis, OnTimerContext context, Collector<MetricRow> out) throws Exception {
        Total total = totals.value();
        if (total == null) {
            return; // Written for the last time when its window passed the horizon.
        }
        TimerService timers = context.timerService();
        TotalKey key = context.getCurrentKey();
        if (total.due) {
            boolean closed = timers.currentWatermark() >= key.windowEndMillis();
            out.collect(total.write(key, timers.currentProcessingTime(), closed));
            total.due = false;
        }
        if (context.timeDomain() == TimeDomain.EVENT_TIME) {
            long forgetAtMillis = key.windowEndMillis() + horizonMillis;
            if (forgetAtMillis <= timeMillis) {
                totals.clear();
                return;
            }
            timers.registerEventTimeTimer(forgetAtMillis); // The horizon was raised since the timer was set.
        }
        totals.update(total);
    }
}
