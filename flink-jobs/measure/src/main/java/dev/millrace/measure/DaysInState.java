package dev.millrace.measure;

import dev.millrace.core.metric.Day;
import dev.millrace.core.metric.OlderDays;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.util.FlinkRuntimeException;

/** The current key's days besides the newest, an entry each. */
public final class DaysInState implements OlderDays {
    private final MapState<Long, Day> days;

    public DaysInState(MapState<Long, Day> days) {
        this.days = days;
    }

    @Override
    public Day get(long number) {
        try {
            return days.get(number);
        } catch (Exception e) {
            throw unreadable(e);
        }
    }

    @Override
    public void put(Day day) {
        try {
            days.put(day.number(), day);
        } catch (Exception e) {
            throw unreadable(e);
        }
    }

    @Override
    public void remove(long number) {
        try {
            days.remove(number);
        } catch (Exception e) {
            throw unreadable(e);
        }
    }

    @Override
    public List<Long> numbers() {
        try {
            List<Long> numbers = new ArrayList<>();
            days.keys().forEach(numbers::add);
            return numbers;
        } catch (Exception e) {
            throw unreadable(e);
        }
    }

    private static FlinkRuntimeException unreadable(Exception e) {
        return new FlinkRuntimeException("the state backend failed at the days of a key", e);
    }
}
