package dev.millrace.runtime.postgres;

import java.io.IOException;

/** The serving store can't be written, or asked; the job fails, and goes on from its checkpoint. */
final class StoreException extends IOException {
    StoreException(String message, Throwable cause) {
        super(message, cause);
    }
}
