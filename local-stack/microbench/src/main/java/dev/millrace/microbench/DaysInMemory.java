package dev.millrace.microbench;

import dev.millrace.core.metric.Day;
import dev.millrace.core.metric.OlderDays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The older days of a leaf or a profile. */
final class DaysInMemory implements OlderDays {
    private final Map<Long, Day> days = new TreeMap<>();

    @Override
    public Day get(long number) {
        return days.get(number);
    }

    @Override
    public void put(Day day) {
        days.put(day.number(), day);
    }

    @Override
    public void remove(long number) {
        days.remove(number);
    }

    @Override
    public List<Long> numbers() {
        return List.copyOf(days.keySet());
    }
}
