package dev.millrace.runtime.kafka;

import dev.millrace.contract.CustomerEvent;
import dev.millrace.core.event.Event;
import java.time.Instant;

/** Between the contract {@code CustomerEvent} and the {@link Event} that the jobs work with: component by component. */
public final class EventContract {
    private EventContract() {}

    public static Event fromContract(CustomerEvent e) {
        return new Event(
                e.getMessageId(),
                e.getType(),
                e.getEvent(),
                e.getUserId(),
                e.getAnonymousId(),
                e.getPreviousId(),
                e.getGroupId(),
                e.getSource(),
                millis(e.getTimestamp()),
                millis(e.getSentAt()),
                millis(e.getReceivedAt()),
                e.getProperties(),
                e.getTraits(),
                e.getContext(),
                e.getExtras());
    }

    public static CustomerEvent toContract(Event e) {
        return new CustomerEvent(
                e.messageId(),
                e.type(),
                e.name(),
                e.userId(),
                e.anonymousId(),
                e.previousId(),
                e.groupId(),
                e.source(),
                instant(e.timestampMillis()),
                instant(e.sentAtMillis()),
                instant(e.receivedAtMillis()),
                e.properties(),
                e.traits(),
                e.context(),
                e.extras());
    }

    private static Long millis(Instant instant) {
        return instant == null ? null : instant.toEpochMilli();
    }

    private static Instant instant(Long millis) {
        return millis == null ? null : Instant.ofEpochMilli(millis);
    }
}
