package dev.millrace.stitch.resolve;

import dev.millrace.core.identity.Arrival;
import dev.millrace.core.identity.Decision;
import dev.millrace.core.identity.Message;
import dev.millrace.runtime.state.HeapShare;
import org.apache.flink.streaming.api.operators.co.KeyedCoProcessOperator;

/** Runs {@link ResolveFunction}, and has it write what it holds back before each checkpoint and at the end. */
public final class ResolveOperator extends KeyedCoProcessOperator<String, Arrival, Message, Decision> {
    public ResolveOperator(ResolveFunction function) {
        super(function);
    }

    @Override
    public void open() throws Exception {
        function().heldBy(this, HeapShare.bytes(getContainingTask().getEnvironment()));
        super.open();
    }

    @Override
    public void prepareSnapshotPreBarrier(long checkpointId) throws Exception {
        function().flush();
        super.prepareSnapshotPreBarrier(checkpointId);
    }

    @Override
    public void finish() throws Exception {
        function().flush();
        super.finish();
    }

    private ResolveFunction function() {
        return (ResolveFunction) userFunction;
    }
}
