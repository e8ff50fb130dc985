package dev.millrace.collector;

/** A request is answered with an error: its status, and a sentence for the person who sent it. */
final class RefusedException extends Exception {
    private final int status;

    RefusedException(int status, String message) {
        super(message);
        this.status = status;
    }

    RefusedException(int status, String message, Throwable cause) {
        super(message, cause);
        this.status = status;
    }

    int status() {
        return status;
    }
}
