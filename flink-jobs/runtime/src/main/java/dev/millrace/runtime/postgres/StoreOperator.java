package dev.millrace.runtime.postgres;

import java.io.IOException;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RunnableFuture;
import org.apache.flink.api.common.TaskInfo;
import org.apache.flink.runtime.checkpoint.CheckpointOptions;
import org.apache.flink.runtime.state.CheckpointStreamFactory;
import org.apache.flink.runtime.state.OperatorStateHandle;
import org.apache.flink.runtime.state.SnapshotResult;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.operators.OperatorSnapshotFutures;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.postgresql.Driver;

/**
 * Writes rows, as {@link StoreWriter} does. Flink's own writers of sinks hold a checkpoint's barrier until all is written,
 * and with it the stages behind; here the barrier goes on, and what waits for the rows before it is the checkpoint's
 * asynchronous part.
 */
final class StoreOperator<T> extends AbstractStreamOperator<Void> implements OneInputStreamOperator<T, Void> {
    private final StoreSink<T> sink;
    private transient StoreWriter<T> writer;
    /** By checkpoint: what waits for rows. */
    private transient Map<Long, AfterRows> waiting;

    StoreOperator(StoreSink<T> sink) {
        this.sink = sink;
    }

    @Override
    public void initializeState(StateInitializationContext context) throws Exception {
        super.initializeState(context);
        if (Driver.class.getClassLoader() != AbstractStreamOperator.class.getClassLoader()) {
            // It came with the job, and registered itself with the JVM, which would keep the classes of a job that is
            // gone.
            getRuntimeContext()
                    .registerUserCodeClassLoaderReleaseHookIfAbsent(
                            "millrace-postgres-driver", StoreOperator::deregister);
        }
        waiting = new HashMap<>();
        TaskInfo task = getRuntimeContext().getTaskInfo();
        writer = sink.writer(
                new Seat(task.getIndexOfThisSubtask(), task.getNumberOfParallelSubtasks()), getMetricGroup());
        // Operators in front look at what the store has, and Flink begins with the last of a chain. What they see must
        // be the last that an attempt before wrote.
        writer.awaitBegun();
    }

    @Override
    public void processElement(StreamRecord<T> row) throws Exception {
        writer.write(row.getValue());
    }

    @Override
    public OperatorSnapshotFutures snapshotState(
            long checkpointId, long timestamp, CheckpointOptions options, CheckpointStreamFactory factory)
            throws Exception {
        long mark = writer.mark();
        OperatorSnapshotFutures futures = super.snapshotState(checkpointId, timestamp, options, factory);
        AfterRows afterRows = new AfterRows(mark, futures.getOperatorStateManagedFuture());
        futures.setOperatorStateManagedFuture(afterRows);
        waiting.values().removeIf(FutureTask::isDone);
        waiting.put(checkpointId, afterRows);
        return futures;
    }

    /** Flink lets the asynchronous part of a checkpoint that has failed elsewhere go on, and the next one wait behind it. */
    @Override
    public void notifyCheckpointAborted(long checkpointId) throws Exception {
        AfterRows afterRows = waiting.remove(checkpointId);
        if (afterRows != null) {
            afterRows.cancel(true);
        }
        super.notifyCheckpointAborted(checkpointId);
    }

    /** The operator's state, of which there is none, once the rows before a mark are written. */
    private final class AfterRows extends FutureTask<SnapshotResult<OperatorStateHandle>> {
        private final RunnableFuture<SnapshotResult<OperatorStateHandle>> state;

        AfterRows(long mark, RunnableFuture<SnapshotResult<OperatorStateHandle>> state) {
            super(() -> {
                awaitWritten(mark);
                state.run();
                return state.get();
            });
            this.state = state;
        }

        @Override
        public boolean cancel(boolean interrupt) {
            state.cancel(interrupt);
            return super.cancel(interrupt);
        }
    }

    private void awaitWritten(long mark) throws IOException, InterruptedException {
        try {
            writer.awaitWritten(mark);
        } catch (IOException e) {
            // To Flink it is a checkpoint that failed, of which it may bear many; no row may come for long.
            getContainingTask().handleAsyncException("Rows can't be written", e);
            throw e;
        }
    }

    @Override
    public void finish() throws Exception {
        writer.flush();
        super.finish();
    }

    @Override
    public void close() throws Exception {
        if (writer != null) {
            writer.close();
        }
        super.close();
    }

    private static void deregister() {
        try {
            if (Driver.isRegistered()) {
                Driver.deregister();
            }
        } catch (SQLException e) {
            throw new IllegalStateException("The driver of PostgreSQL could not be deregistered", e);
        }
    }
}
