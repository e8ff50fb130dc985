package dev.millrace.stack.produce;

import dev.millrace.core.event.Event;
import java.io.IOException;

/** Where raw records go, in order. */
interface RawSink extends AutoCloseable {
    void send(Event event) throws IOException;

    /** Sends bytes as they are, which are no event. */
    void send(byte[] record) throws IOException;

    /** Returns once all that was sent is where it belongs. */
    void flush() throws IOException;

    @Override
    void close() throws IOException;
}
