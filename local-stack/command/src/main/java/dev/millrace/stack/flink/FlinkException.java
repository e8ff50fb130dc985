package dev.millrace.stack.flink;

/** What Flink's REST interface refused, in the words of the root cause. */
public final class FlinkException extends RuntimeException {
    public FlinkException(String message) {
        super(message);
    }

    public FlinkException(String message, Throwable cause) {
        super(message, cause);
    }
}
