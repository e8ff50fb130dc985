package dev.millrace.stack.part;

import java.io.IOException;
import java.util.List;
import java.util.Map;

/** What one kind of part is: how it is prepared, started, asked whether it is ready, and ended. */
public interface Program {
    /** As people type it: {@code kafka}. */
    String name();

    /** Where it is to be found, for people. */
    String address();

    /** The ports it listens on, by their keys in {@code ports.properties}. */
    Map<String, Integer> ports();

    /** Whether it is ready to serve, by asking it; false while it can't answer. */
    boolean ready();

    /** Makes ready what it needs on disk, before every start. */
    void prepare() throws IOException;

    /** What starts it, once prepared. */
    List<String> command();

    /** Environment variables in addition to this process's. */
    default Map<String, String> environment() {
        return Map.of();
    }

    /** The signal that ends it in order. */
    default String stopSignal() {
        return "TERM";
    }
}
