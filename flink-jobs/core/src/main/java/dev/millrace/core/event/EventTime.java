package dev.millrace.core.event;

/**
 * When an event happened, by the collector's clock.
 *
 * <p>A client's clock may be wrong. Where the client says when it sent the event, by that clock, the difference to when
 * it was received is the clock's error (and the short time on the wire): {@code timestamp = receivedAt - (sentAt -
 * originalTimestamp)}, as the Segment spec has it. What is still further in the future than {@code maxFutureMillis}
 * after it was received can't be true, nor can what is before 1970 (a zero of some library): both are taken to have
 * happened when the event was received. That in turn is not later than {@code maxFutureMillis} after its Kafka record. No
 * time is further away than {@link #bounded} has it.
 *
 * @param millis milliseconds since the epoch, UTC
 * @param corrected whether the client's clock was corrected
 * @param clamped whether a time was out of bounds and replaced
 */
public record EventTime(long millis, boolean corrected, boolean clamped) {

    /**
     * As far as times go, in either direction: 285,000 years. Microseconds, as which readers of cold storage take them, don't
     * go much further.
     */
    private static final long FARTHEST_MILLIS = 9_000_000_000_000_000L;

    /** A time that a client has told, milliseconds since the epoch: one that is too far away is as far as times go. */
    public static long bounded(long millis) {
        return Math.max(-FARTHEST_MILLIS, Math.min(millis, FARTHEST_MILLIS));
    }

    /**
     * The time of an event.
     *
     * @param recordMillis when it came in, where the event does not say: the Kafka record's timestamp
     */
    public static EventTime of(Event event, long recordMillis, long maxFutureMillis) {
        return of(
                event.timestampMillis(), event.sentAtMillis(), event.receivedAtMillis(), recordMillis, maxFutureMillis);
    }

    /** The time of an event of which these are the times; each but the record's may be null. */
    public static EventTime of(
            Long timestampMillis, Long sentAtMillis, Long receivedAtMillis, long recordMillis, long maxFutureMillis) {
        long received = receivedAtMillis != null ? receivedAtMillis : recordMillis;
        boolean misdated = received < 0 || received > recordMillis + maxFutureMillis;
        if (misdated) {
            received = recordMillis;
        }
        if (timestampMillis == null) {
            return new EventTime(received, false, misdated);
        }
        long time = bounded(timestampMillis);
        boolean corrected = false;
        if (sentAtMillis != null) {
            long told = time;
            time = received - (bounded(sentAtMillis) - told);
            corrected = time != told;
        }
        boolean impossible = time < 0 || time > received + maxFutureMillis;
        return new EventTime(impossible ? received : time, corrected, impossible || misdated);
    }
}
