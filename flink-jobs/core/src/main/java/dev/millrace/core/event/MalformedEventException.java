package dev.millrace.core.event;

/** The bytes are no event at all. The message is a sentence for the person who sent them. */
public final class MalformedEventException extends Exception {
    public MalformedEventException(String message) {
        super(message);
    }

    public MalformedEventException(String message, Throwable cause) {
        super(message, cause);
    }
}
