package dev.millrace.verify;

import java.util.List;

/**
 * A raw record as cold storage has it. Fields of the event are by their columns' names; null where there is none.
 *
 * @param fields values in the order of {@link #FIELDS}
 */
record RawRow(
        String topic,
        int partition,
        long offset,
        long arrivedMillis,
        boolean decoded,
        String[] fields,
        Long timestampMillis,
        Long sentAtMillis,
        Long receivedAtMillis) {
    /** Columns of text. */
    static final List<String> FIELDS = List.of(
            "message_id",
            "type",
            "event",
            "user_id",
            "anonymous_id",
            "previous_id",
            "group_id",
            "source",
            "properties",
            "traits",
            "context",
            "extras");

    static final int MESSAGE_ID = 0;
    static final int TYPE = 1;
    static final int EVENT = 2;
    static final int USER_ID = 3;
    static final int ANONYMOUS_ID = 4;
    static final int PREVIOUS_ID = 5;
    static final int GROUP_ID = 6;
    static final int SOURCE = 7;
    /** The first field of JSON. */
    static final int PROPERTIES = 8;

    static final int TRAITS = 9;

    /** In all of its texts. */
    int chars() {
        int chars = 0;
        for (String field : fields) {
            chars += field == null ? 0 : field.length();
        }
        return chars;
    }

    String field(int column) {
        return fields[column];
    }

    /** When it happened, by the collector's clock (Segment's formula), within bounds. */
    long timeMillis(long maxFutureMillis) {
        long received = receivedAtMillis == null ? arrivedMillis : receivedAtMillis;
        if (received < 0 || received > arrivedMillis + maxFutureMillis) {
            received = arrivedMillis;
        }
        if (timestampMillis == null) {
            return received;
        }
        long time = timestampMillis;
        if (sentAtMillis != null) {
            try {
                time = Math.subtractExact(received, Math.subtractExact(sentAtMillis, timestampMillis));
            } catch (ArithmeticException e) {
                return received;
            }
        }
        return time < 0 || time > received + maxFutureMillis ? received : time;
    }
}
