package dev.millrace.verify;

import java.util.List;
import java.util.Map;

/**
 * One difference, with what it takes to look into it.
 *
 * @param what as in {@link VerifyReport.Comparison}
 * @param key of the row, name to value, in the order of the table
 * @param expected what cold storage comes to; null: no such row
 * @param found what the store has; null: no such row
 * @param details what else is known: of a metric's row its revision and when it was written, of a person the identifiers
 * @param records where to look: some of the raw records that the row is made of
 */
public record Difference(
        String what,
        Map<String, String> key,
        String expected,
        String found,
        Map<String, String> details,
        List<RawPlace> records) {
    /** Where a raw record lies: in Kafka, and in cold storage. */
    public record RawPlace(String topic, int partition, long offset, String file) {
        @Override
        public String toString() {
            return topic + "/" + partition + "/" + offset + " in " + file;
        }
    }

    public Difference {
        records = List.copyOf(records);
    }
}
