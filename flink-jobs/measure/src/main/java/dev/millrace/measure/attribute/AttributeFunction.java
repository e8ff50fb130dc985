package dev.millrace.measure.attribute;

import dev.millrace.core.metric.PresenceDelta;
import dev.millrace.core.metric.TotalDelta;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/** By profile and window: +1 when the first of the person's leaves enters the window, -1 when the last one leaves. */
public final class AttributeFunction extends KeyedProcessFunction<PresenceDelta.Key, PresenceDelta, TotalDelta> {
    private final long horizonMillis;
    private transient ValueState<Integer> leaves;

    public AttributeFunction(long horizonMillis) {
        this.horizonMillis = horizonMillis;
    }

    @Override
    public void open(OpenContext context) {
        leaves = getRuntimeContext().getState(AttributeState.LEAVES);
    }

    @Override
    public void processElement(PresenceDelta delta, Context context, Collector<TotalDelta> out) throws Exception {
        Integer known = leaves.value();
        int before = known == null ? 0 : known;
        int after = before + delta.leaves();
        if (known == null) {
            context.timerService().registerEventTimeTimer(delta.presence().windowEndMillis() + horizonMillis);
        }
        leaves.update(after);
        if (before == 0 && after > 0) {
            out.collect(new TotalDelta(delta.presence().total(), 1));
        } else if (before > 0 && after == 0) {
            out.collect(new TotalDelta(delta.presence().total(), -1));
        }
    }

    @Override
    public void onTimer(long timeMillis, OnTimerContext context, Collector<TotalDelta> out) {
        long forgetAtMillis = context.getCurrentKey().presence().windowEndMillis() + horizonMillis;
        if (forgetAtMillis > timeMillis) {
            context.timerService().registerEventTimeTimer(forgetAtMillis); // The horizon was raised since.
        } else {
            leaves.clear();
        }
    }
}
