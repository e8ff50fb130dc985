package dev.millrace.stitch.resolve;

import dev.millrace.core.identity.Arrival;
import dev.millrace.core.identity.Decision;
import dev.millrace.core.identity.Message;
import dev.millrace.runtime.state.HeapShare;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.api.operators.co.KeyedCoProcessOperator;

/** Runs {@link ResolveFunction}, and has it write what it holds back: some of it now and then, the rest for a checkpoint. */
public final class ResolveOperator extends KeyedCoProcessOperator<String, Arrival, Message, Decision> {
    private static final long WRITE_AHEAD_MILLIS = 100;

    private transient boolean finished;

    public ResolveOperator(ResolveFunction function) {
        super(function);
    }

    @Override
    public void open() throws Exception {
        function().heldBy(this, HeapShare.bytes(getContainingTask().getEnvironment()));
        super.open();
        writeAheadLater();
    }

    private void writeAheadLater() {
        getProcessingTimeService().registerTimer(now() + WRITE_AHEAD_MILLIS, millis -> {
            if (!finished) {
                function().writeAhead(now());
                writeAheadLater();
            }
        });
    }

    private long now() {
        return getProcessingTimeService().getCurrentProcessingTime();
    }

    @Override
    public void snapshotState(StateSnapshotContext context) throws Exception {
        super.snapshotState(context);
        function().flush(context.getCheckpointTimestamp());
    }

    @Override
    public void finish() throws Exception {
        finished = true;
        super.finish();
    }

    private ResolveFunction function() {
        return (ResolveFunction) userFunction;
    }
}
