package dev.millrace.core.event;

/**
 * When an event happened, by the collector's clock.
 *
 * <p>A client's clock may be wrong. Where the client says when it sent the event, by that clock, the difference to when
 * it was received is the clock's error (and the short time on the wire): {@code timestamp = receivedAt - (sentAt -
 * originalTimestamp)}, as the Segment spec has it. What is still further in the future than {@code maxFutureMillis}
 * after it was received can't be true, nor can what is before 1970 (a zero of some library): both are taken to have
 * happened when the event was received. That in turn is not later than {@code maxFutureMillis} after its Kafka record.
 *
 * @param millis milliseconds since the epoch, UTC
 * @param corrected whether the client's clock was corrected
 * @param clamped whether a time was out of bounds and replaced
 */
public record EventTime(long millis, boolean corrected, boolean clamped) {

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
        long time = timestampMillis;
        boolean corrected = false;
        if (sentAtMillis != null) {
            try {
                long ageMillis = Math.subtractExact(sentAtMillis, time);
                time = Math.subtractExact(received, ageMillis);
            } catch (ArithmeticException e) {
                return new EventTime(received, true, true); // So far off that it would wrap round.
            }
            corrected = time != timestampMillis;
        }
        boolean impossible = time < 0 || time > received + maxFutureMillis;
        return new EventTime(impossible ? received : time, corrected, impossible || misdated);
    }
}
