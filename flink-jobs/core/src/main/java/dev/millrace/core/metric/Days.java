package dev.millrace.core.metric;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;

/**
 * Contributions by day. The newest day is at hand; the others, of which there are mostly none or few, are kept an entry
 * each, so that an old and busy key is not rewritten at each event.
 */
final class Days {
    /** Null: there are no contributions at all. */
    Day newest;
    /** How many there are besides. */
    int older;
    /** The days before this one were let go of. */
    long forgottenDay = Long.MIN_VALUE;

    boolean isEmpty() {
        return newest == null;
    }

    /** When the newest day ends, milliseconds since the epoch. */
    long endMillis() {
        return Day.endMillis(newest.number);
    }

    /** The day of that number; null: there is none. */
    Day find(long number, OlderDays more) {
        if (newest == null || number > newest.number) {
            return null;
        }
        if (number == newest.number) {
            return newest;
        }
        return older == 0 ? null : more.get(number);
    }

    /** The day of that number; one that is new is only kept by {@link #changed}. */
    Day open(long number, OlderDays more) {
        if (newest == null) {
            newest = new Day(number);
        } else if (number > newest.number) {
            more.put(newest);
            older++;
            newest = new Day(number);
        }
        Day day = find(number, more);
        return day == null ? new Day(number) : day;
    }

    /** Keeps what has become of a day. */
    void changed(Day day, OlderDays more) {
        if (day == newest) {
            return;
        }
        boolean known = older > 0 && more.get(day.number) != null;
        if (!day.held.isEmpty()) {
            more.put(day);
            older += known ? 0 : 1;
        } else if (known) {
            more.remove(day.number);
            older--;
        }
    }

    /** Calls with everything held, the oldest day first. What is changed meanwhile may or may not be seen. */
    void forEach(OlderDays more, Consumer<Held> each) {
        for (long number : numbers(more)) {
            Day day = find(number, more);
            if (day != null) {
                List.copyOf(day.held).forEach(each);
            }
        }
    }

    private List<Long> numbers(OlderDays more) {
        List<Long> numbers = new ArrayList<>();
        if (older > 0) {
            numbers.addAll(more.numbers());
            Collections.sort(numbers);
        }
        if (newest != null) {
            numbers.add(newest.number);
        }
        return numbers;
    }

    /** As {@link #forgetBefore}, where that has not been done up to that day. */
    void forgetOnceADay(long millis, OlderDays more) {
        if (millis != Measuring.EVER && Day.ofMillis(millis) > forgottenDay) {
            forgetBefore(millis, more);
        }
    }

    /** Lets go of the days that ended before a time. */
    void forgetBefore(long millis, OlderDays more) {
        if (millis == Measuring.EVER) {
            return;
        }
        forgottenDay = Math.max(forgottenDay, Day.ofMillis(millis));
        if (older > 0) {
            for (long number : more.numbers()) {
                if (Day.endMillis(number) <= millis) {
                    more.remove(number);
                    older--;
                }
            }
        }
        if (newest != null && Day.endMillis(newest.number) <= millis) {
            newest = null;
            if (older > 0) {
                throw new IllegalStateException("a day older than the newest outlived it");
            }
        }
    }
}
