package dev.millrace.core.metric;

import java.util.List;

/** Where the days are kept that are not the newest: mostly there are none, and none is looked at. */
public interface OlderDays {
    /** The day of that number; null: there is none. */
    Day get(long number);

    void put(Day day);

    void remove(long number);

    /** The numbers of all there are. */
    List<Long> numbers();
}
