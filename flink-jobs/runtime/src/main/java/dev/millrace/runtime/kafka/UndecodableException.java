package dev.millrace.runtime.kafka;

import dev.millrace.core.event.RejectionReason;

/** A record's bytes can't be read; the message is a sentence for the person who wrote them. */
public final class UndecodableException extends Exception {
    private final RejectionReason reason;

    public UndecodableException(RejectionReason reason, String message) {
        super(message);
        this.reason = reason;
    }

    public RejectionReason reason() {
        return reason;
    }
}
