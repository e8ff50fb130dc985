package dev.millrace.verify;

/** A comparison could not be made; the message is a sentence for people. */
public final class VerifyException extends RuntimeException {
    public VerifyException(String message, Throwable cause) {
        super(message, cause);
    }
}
