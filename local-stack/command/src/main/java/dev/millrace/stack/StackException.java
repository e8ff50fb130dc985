package dev.millrace.stack;

/** A failure whose message is a sentence for whoever typed the command. */
public class StackException extends RuntimeException {
    public StackException(String message) {
        super(message);
    }

    public StackException(String message, Throwable cause) {
        super(message, cause);
    }
}
