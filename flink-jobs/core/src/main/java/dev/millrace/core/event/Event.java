package dev.millrace.core.event;

/**
 * One customer event after the Segment spec, as it was sent. The contract {@code CustomerEvent} says what each
 * component means; every component but {@code type} may be null.
 *
 * @param type wire name, as in {@link EventType}; other text where the client sent other text, "" where it sent none
 * @param name event name (track), page or screen name
 * @param timestampMillis when it happened, by the client's clock; milliseconds since the epoch
 * @param sentAtMillis when it was sent, by the client's clock
 * @param receivedAtMillis when it was received, by the collector's clock
 * @param properties JSON object, verbatim; so are {@code traits}, {@code context} and {@code extras}
 */
public record Event(
        String messageId,
        String type,
        String name,
        String userId,
        String anonymousId,
        String previousId,
        String groupId,
        String source,
        Long timestampMillis,
        Long sentAtMillis,
        Long receivedAtMillis,
        String properties,
        String traits,
        String context,
        String extras) {

    /** This event under another message id. */
    public Event withMessageId(String id) {
        return new Event(
                id,
                type,
                name,
                userId,
                anonymousId,
                previousId,
                groupId,
                source,
                timestampMillis,
                sentAtMillis,
                receivedAtMillis,
                properties,
                traits,
                context,
                extras);
    }

    /** This event as received from a source at a time; {@code sentAt} fills in where the event itself has none. */
    public Event received(String from, long atMillis, Long sentAt) {
        return new Event(
                messageId,
                type,
                name,
                userId,
                anonymousId,
                previousId,
                groupId,
                from,
                timestampMillis,
                sentAtMillis != null ? sentAtMillis : sentAt,
                atMillis,
                properties,
                traits,
                context,
                extras);
    }
}
