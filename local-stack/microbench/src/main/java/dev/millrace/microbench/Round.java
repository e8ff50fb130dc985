package dev.millrace.microbench;

import java.util.List;

/** The elements of a list one after the other, round after round. */
final class Round<T> {
    private final List<T> all;
    private final Runnable anew;
    private int next;

    /** @param anew is run before each round */
    Round(List<T> all, Runnable anew) {
        this.all = all;
        this.anew = anew;
    }

    Round(List<T> all) {
        this(all, () -> {});
    }

    T next() {
        if (next == 0) {
            anew.run();
        }
        T element = all.get(next);
        next = next + 1 == all.size() ? 0 : next + 1;
        return element;
    }
}
