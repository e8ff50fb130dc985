package dev.millrace.runtime.postgres;

import dev.millrace.runtime.config.MillraceConfig.StoreOptions;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.sql.SQLException;
import java.time.Duration;
import org.apache.flink.api.common.TaskInfo;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.postgresql.Driver;

/**
 * A table as a sink, at least once: a checkpoint completes when all rows before it are written.
 *
 * @param linger how long a row waits for others
 * @param patience how long the server may be away before the job fails
 */
record StoreSink<T>(Table<T> table, StoreOptions store, int maxRows, Duration linger, Duration patience)
        implements Sink<T> {

    @Override
    public SinkWriter<T> createWriter(WriterInitContext context) throws IOException {
        if (Driver.class.getClassLoader() != Sink.class.getClassLoader()) {
            // It came with the job, and registered itself with the JVM, which would keep the classes of a job that is
            // gone.
            context.getUserCodeClassLoader()
                    .registerReleaseHookIfAbsent("millrace-postgres-driver", StoreSink::deregister);
        }
        TaskInfo task = context.getTaskInfo();
        StoreWriter<T> writer = new StoreWriter<>(
                table,
                new Seat(task.getIndexOfThisSubtask(), task.getNumberOfParallelSubtasks()),
                store,
                maxRows,
                linger,
                patience,
                context.metricGroup(),
                "%s (%d/%d)"
                        .formatted(table.name(), task.getIndexOfThisSubtask() + 1, task.getNumberOfParallelSubtasks()));
        if (context.getRestoredCheckpointId().isPresent()) {
            // Operators in front look at what the store has, and Flink begins with the last of a chain: what they see
            // must be the last that the attempt before wrote.
            try {
                writer.awaitBegun();
            } catch (InterruptedException e) {
                writer.close();
                Thread.currentThread().interrupt();
                throw new InterruptedIOException("cancelled while PostgreSQL was waited for");
            } catch (IOException e) {
                writer.close();
                throw e;
            }
        }
        return writer;
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
