package dev.millrace.stack.people;

import java.util.List;

/**
 * What was found where no more than so much is looked at.
 *
 * @param complete whether that is all there is
 */
record Looked<T>(List<T> found, boolean complete) {
    Looked {
        found = List.copyOf(found);
    }

    /** Of rows that were read up to one beyond the limit, those within it. */
    static <T> Looked<T> upTo(int limit, List<T> rows) {
        return rows.size() > limit ? new Looked<>(rows.subList(0, limit), false) : new Looked<>(rows, true);
    }
}
