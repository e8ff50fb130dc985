package dev.millrace.stack.produce;

import dev.millrace.core.event.Event;
import dev.millrace.generator.SegmentNdjson;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** Segment-spec NDJSON: an event a line; other records as they are, a line each. */
final class NdjsonSink implements RawSink {
    private static final int BUFFER_BYTES = 1 << 16;

    private final OutputStream out;
    private final StringBuilder line = new StringBuilder(1024);

    NdjsonSink(OutputStream out) {
        this.out = new BufferedOutputStream(out, BUFFER_BYTES);
    }

    @Override
    public void send(Event event) throws IOException {
        line.setLength(0);
        SegmentNdjson.write(event, line);
        line.append('\n');
        out.write(line.toString().getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void send(byte[] record) throws IOException {
        out.write(record);
        out.write('\n');
    }

    @Override
    public void flush() throws IOException {
        out.flush();
    }

    @Override
    public void close() throws IOException {
        out.close();
    }
}
