package dev.millrace.runtime.postgres;

import java.sql.SQLException;
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
        TaskInfo task = getRuntimeContext().getTaskInfo();
        writer = sink.writer(
                new Seat(task.getIndexOfThisSubtask(), task.getNumberOfParallelSubtasks()), getMetricGroup());
        if (context.isRestored()) {
            // Operators in front look at what the store has, and Flink begins with the last of a chain: what they see
            // must be the last that the attempt before wrote.
            writer.awaitBegun();
        }
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
        futures.setOperatorStateManagedFuture(new AfterRows(mark, futures.getOperatorStateManagedFuture()));
        return futures;
    }

    /** The operator's state, of which there is none, once the rows before a mark are written. */
    private final class AfterRows extends FutureTask<SnapshotResult<OperatorStateHandle>> {
        private final RunnableFuture<SnapshotResult<OperatorStateHandle>> state;

        AfterRows(long mark, RunnableFuture<SnapshotResult<OperatorStateHandle>> state) {
            super(() -> {
                writer.awaitWritten(mark);
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
