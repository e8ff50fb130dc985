package dev.millrace.runtime.postgres;

import java.io.IOException;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A sink whose failures stay in its job. A writer of the JDBC connector that could not write fails once more when it is
 * closed; Flink takes an exception there for a broken TaskManager and ends the process, with every other job in it. Here
 * it is logged: the rows in question come again from the checkpoint.
 */
final class ContainedSink<T> implements Sink<T> {
    private static final Logger LOG = LoggerFactory.getLogger(ContainedSink.class);

    private final Sink<T> sink;

    ContainedSink(Sink<T> sink) {
        this.sink = sink;
    }

    @Override
    public SinkWriter<T> createWriter(WriterInitContext context) throws IOException {
        SinkWriter<T> writer = sink.createWriter(context);
        return new SinkWriter<>() {
            @Override
            public void write(T element, Context elementContext) throws IOException, InterruptedException {
                writer.write(element, elementContext);
            }

            @Override
            public void flush(boolean endOfInput) throws IOException, InterruptedException {
                writer.flush(endOfInput);
            }

            @Override
            public void writeWatermark(Watermark watermark) throws IOException, InterruptedException {
                writer.writeWatermark(watermark);
            }

            @Override
            public void close() throws Exception {
                try {
                    writer.close();
                } catch (RuntimeException e) {
                    LOG.warn("The writer could not be closed in order; what it had not written comes again", e);
                }
            }
        };
    }
}
