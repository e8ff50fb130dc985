package dev.millrace.stack.chaos;

import dev.millrace.core.event.Event;

/**
 * A record to send, again and again until it is acknowledged.
 *
 * @param id under which the ledger knows it
 * @param event null where the record is no event
 * @param bytes what such a record holds instead
 */
record Outgoing(String id, Event event, byte[] bytes) {
    static Outgoing event(Event event) {
        return new Outgoing(event.messageId(), event, null);
    }

    static Outgoing bytes(byte[] bytes) {
        return new Outgoing(Ledger.idOf(bytes), null, bytes);
    }
}
