package dev.millrace.measure;

import dev.millrace.core.metric.Combiner;
import dev.millrace.core.metric.Freshness;
import dev.millrace.core.metric.Measuring;
import dev.millrace.core.metric.TotalDelta;
import dev.millrace.runtime.config.MillraceConfig.StateBackend;
import dev.millrace.runtime.state.HeapShare;
import dev.millrace.runtime.state.StateCache;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.InternalTimerService;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.operators.Triggerable;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/**
 * A keyed stage that adds to rows: what it adds is combined, and passed on a few times a second, before each watermark (so
 * that no row has passed the horizon when it comes), before each checkpoint, and at the end. It keeps nothing over a
 * checkpoint that is not in keyed state.
 *
 * @param <T> what it takes
 */
public abstract class CombiningOperator<T> extends AbstractStreamOperator<TotalDelta>
        implements OneInputStreamOperator<T, TotalDelta>, Triggerable<String, VoidNamespace> {
    protected static final long COMBINE_MILLIS = 100;
    /** Rows held at most, so that the memory for them is bounded. */
    private static final int MOST_ROWS = 50_000;

    protected final Measuring rules;
    protected transient Combiner combiner;
    private transient InternalTimerService<VoidNamespace> timers;
    private transient StreamRecord<TotalDelta> passedOn;
    private transient boolean finished;

    protected CombiningOperator(Measuring rules) {
        this.rules = rules;
    }

    @Override
    public void open() throws Exception {
        super.open();
        combiner = new Combiner();
        passedOn = new StreamRecord<>(null);
        timers = getInternalTimerService("timers", VoidNamespaceSerializer.INSTANCE, this);
        combineLater();
    }

    /** The operator's state of a name, with what was lately used of it at hand. */
    protected final <V> StateCache<String, V> cache(
            int held, StateBackend backend, String name, TypeInformation<V> type) {
        long bytes = HeapShare.bytes(getContainingTask().getEnvironment());
        return StateCache.open(held, bytes, backend, name, type, getRuntimeContext(), this);
    }

    /** How long what is added next waits for more that goes to the same rows. Asked once, when the wait begins. */
    protected long combineMillis() {
        return COMBINE_MILLIS;
    }

    private void combineLater() {
        long now = getProcessingTimeService().getCurrentProcessingTime();
        getProcessingTimeService().registerTimer(now + combineMillis(), millis -> {
            if (!finished) {
                passOn();
                saveAhead(getProcessingTimeService().getCurrentProcessingTime());
                combineLater();
            }
        });
    }

    protected final long watermark() {
        return timers.currentWatermark();
    }

    protected final void wakeAt(long eventTimeMillis) {
        timers.registerEventTimeTimer(VoidNamespace.INSTANCE, eventTimeMillis);
    }

    protected final void passOnIfMany() {
        if (combiner.size() + held() >= MOST_ROWS) {
            passOn();
        }
    }

    /** Of the events since it was last asked, which is whenever something is passed on. */
    protected Freshness takeFreshness() {
        return Freshness.UNKNOWN;
    }

    /** How much is held back besides what goes to rows. */
    protected int held() {
        return 0;
    }

    /** Passes on what is held back. */
    protected void passOn() {
        combiner.flush(takeFreshness(), delta -> output.collect(passedOn.replace(delta)));
    }

    /** Passes on all that belongs before the barrier of a checkpoint, or before the end. */
    protected void passOnBeforeCheckpoint() throws Exception {
        passOn();
    }

    /** Writes to state what is held back, for a checkpoint that was begun at that time. */
    protected abstract void save(long begunMillis) throws Exception;

    /** Writes some of the state that waits for it, so that a checkpoint has less to write. The current key may be another. */
    protected void saveAhead(long nowMillis) throws Exception {}

    @Override
    public void processWatermark(Watermark mark) throws Exception {
        passOn();
        super.processWatermark(mark);
    }

    @Override
    public void prepareSnapshotPreBarrier(long checkpointId) throws Exception {
        passOnBeforeCheckpoint();
        super.prepareSnapshotPreBarrier(checkpointId);
    }

    /** What is to be saved is written here and not before the barrier, for which the stages that come next would wait. */
    @Override
    public void snapshotState(StateSnapshotContext context) throws Exception {
        super.snapshotState(context);
        save(context.getCheckpointTimestamp());
    }

    @Override
    public void finish() throws Exception {
        finished = true;
        passOnBeforeCheckpoint();
        super.finish();
    }
}
