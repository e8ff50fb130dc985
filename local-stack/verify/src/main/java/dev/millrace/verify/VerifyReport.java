package dev.millrace.verify;

import java.util.List;

/**
 * What came of a comparison.
 *
 * @param events raw records in cold storage
 * @param people profiles that they come to
 * @param rows that were compared, of all tables
 * @param compared what was compared, table by table
 * @param differences the first of them, as many as were asked for
 * @param notes what could not be compared, and why
 * @param trusted those of the notes that are the store's own word: where the configuration has not changed and
 *     cold storage is complete, there are none
 * @param millis how long it took
 */
public record VerifyReport(
        long events,
        long people,
        long rows,
        List<Comparison> compared,
        List<Difference> differences,
        List<String> notes,
        List<String> trusted,
        long millis) {
    public VerifyReport {
        compared = List.copyOf(compared);
        differences = List.copyOf(differences);
        notes = List.copyOf(notes);
        trusted = List.copyOf(trusted);
    }

    /**
     * What was compared.
     *
     * @param what a table of the store, or {@code cold storage}
     * @param expected rows that cold storage comes to
     * @param found rows of the store
     * @param differences all of them, also those that are not told
     */
    public record Comparison(String what, long expected, long found, long differences) {}

    /** All differences, also those that are not told. */
    public long differenceCount() {
        return compared.stream().mapToLong(Comparison::differences).sum();
    }

    /** Whether there is no difference. */
    public boolean agrees() {
        return differenceCount() == 0;
    }
}
