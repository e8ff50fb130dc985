package dev.millrace.core.event;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class EventTimeTest {
    private static final long HOUR = 3_600_000;
    private static final long RECORD = 1_700_000_000_000L;

    @Test
    void anEventWithoutATimeHappenedWhenItWasReceived() {
        assertThat(time(null, null, null)).isEqualTo(new EventTime(RECORD, false, false));
        assertThat(time(null, null, 5L)).isEqualTo(new EventTime(5, false, false));
        assertThat(time(null, 3L, 5L)).isEqualTo(new EventTime(5, false, false));
    }

    @Test
    void aClockThatNothingIsKnownOfIsTakenAsRight() {
        assertThat(time(RECORD - HOUR, null, null)).isEqualTo(new EventTime(RECORD - HOUR, false, false));
        assertThat(time(RECORD - HOUR, null, RECORD)).isEqualTo(new EventTime(RECORD - HOUR, false, false));
    }

    @Test
    void aClientsClockIsCorrectedAsTheSegmentSpecSays() {
        // An event ten minutes before it was sent, by a clock that is two hours slow: ten minutes before receipt.
        long sent = RECORD - 2 * HOUR;
        assertThat(time(sent - 600_000, sent, RECORD)).isEqualTo(new EventTime(RECORD - 600_000, true, false));
        // By one that is two days fast.
        sent = RECORD + 48 * HOUR;
        assertThat(time(sent - 600_000, sent, RECORD)).isEqualTo(new EventTime(RECORD - 600_000, true, false));
    }

    @Test
    void theRecordsTimestampStandsInForWhenItWasReceived() {
        assertThat(time(100L, 200L, null)).isEqualTo(new EventTime(RECORD - 100, true, false));
    }

    @Test
    void aClockThatIsRightIsNotCorrected() {
        assertThat(time(RECORD - 5, RECORD, RECORD)).isEqualTo(new EventTime(RECORD - 5, false, false));
    }

    @Test
    void aTimeInTheFutureIsTakenAsThatOfReceipt() {
        assertThat(time(RECORD + HOUR, null, RECORD)).isEqualTo(new EventTime(RECORD + HOUR, false, false));
        assertThat(time(RECORD + HOUR + 1, null, RECORD)).isEqualTo(new EventTime(RECORD, false, true));
        assertThat(time(RECORD + HOUR + 1, null, null)).isEqualTo(new EventTime(RECORD, false, true));
        // An event that claims to have happened after it was sent.
        assertThat(time(10 * HOUR, 0L, RECORD)).isEqualTo(new EventTime(RECORD, true, true));
    }

    @Test
    void aTimeBefore1970IsTakenAsThatOfReceipt() {
        assertThat(time(-62_135_596_800_000L, null, RECORD)).isEqualTo(new EventTime(RECORD, false, true));
        assertThat(time(-1L, null, null)).isEqualTo(new EventTime(RECORD, false, true));
    }

    @Test
    void aReceiptThatCanNotBeIsTakenAsWhenTheRecordWas() {
        assertThat(time(null, null, 90_000_000_000_000_000L)).isEqualTo(new EventTime(RECORD, false, true));
        assertThat(time(null, null, -1L)).isEqualTo(new EventTime(RECORD, false, true));
        assertThat(time(RECORD - 5, null, RECORD + HOUR + 1)).isEqualTo(new EventTime(RECORD - 5, false, true));
        assertThat(time(null, null, RECORD + HOUR)).isEqualTo(new EventTime(RECORD + HOUR, false, false));
    }

    @Test
    void timesAtTheEdgeOfWhatFitsDoNotWrapRound() {
        assertThat(time(Long.MAX_VALUE, null, RECORD)).isEqualTo(new EventTime(RECORD, false, true));
        assertThat(time(Long.MAX_VALUE, RECORD - 5, RECORD)).isEqualTo(new EventTime(RECORD, true, true));
        assertThat(time(0L, Long.MIN_VALUE, RECORD)).isEqualTo(new EventTime(RECORD, true, true));
        assertThat(time(Long.MIN_VALUE, RECORD + 5, RECORD)).isEqualTo(new EventTime(RECORD, true, true));
    }

    @Test
    void whatIsTooFarAwayIsAsFarAsTimesGo() {
        assertThat(EventTime.bounded(Long.MAX_VALUE)).isEqualTo(9_000_000_000_000_000L);
        assertThat(EventTime.bounded(Long.MIN_VALUE)).isEqualTo(-9_000_000_000_000_000L);
        assertThat(EventTime.bounded(RECORD)).isEqualTo(RECORD);
        // Both in nanoseconds, two seconds apart: they are told as one time.
        long nanos = 1_764_000_000_000_000_000L;
        assertThat(time(nanos, nanos + 2_000_000_000, RECORD)).isEqualTo(new EventTime(RECORD, true, false));
    }

    @Test
    void noEventHappensLaterThanItMay() {
        long seed = 7;
        Random random = new Random(seed);
        for (int i = 0; i < 100_000; i++) {
            Long timestamp = random.nextInt(10) == 0 ? null : Long.valueOf(random.nextLong() >> random.nextInt(40));
            Long sent = random.nextInt(4) == 0 ? null : Long.valueOf(random.nextLong() >> random.nextInt(40));
            Long received = random.nextInt(4) == 0 ? null : Long.valueOf(RECORD + random.nextInt());
            EventTime time = time(timestamp, sent, received);
            boolean misdated = received != null && received > RECORD + HOUR;
            long believed = received == null || misdated ? RECORD : received;
            assertThat(time.millis())
                    .as("seed %d, step %d: timestamp %s, sent %s, received %s", seed, i, timestamp, sent, received)
                    .isBetween(0L, believed + HOUR);
            if (time.clamped() && !misdated) {
                assertThat(time.millis()).isEqualTo(believed);
            }
        }
    }

    private static EventTime time(Long timestamp, Long sent, Long received) {
        Event event = new Event(
                null, "track", null, null, null, null, null, null, timestamp, sent, received, null, null, null, null);
        return EventTime.of(event, RECORD, HOUR);
    }
}
