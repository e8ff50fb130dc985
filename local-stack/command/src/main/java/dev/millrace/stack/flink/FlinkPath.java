package dev.millrace.stack.flink;

import java.nio.file.Path;

/** How Flink's file systems name a file of this machine: as a URI to look at, but nothing in it is escaped. */
public final class FlinkPath {
    private FlinkPath() {}

    public static String of(Path file) {
        return "file://" + file.toAbsolutePath();
    }
}
