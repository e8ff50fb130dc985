package dev.millrace.setup;

/** A part could not be prepared. The message is a sentence that names the address and what to check. */
public final class SetupException extends RuntimeException {
    public SetupException(String message) {
        super(message);
    }

    public SetupException(String message, Throwable cause) {
        super(message, cause);
    }
}
