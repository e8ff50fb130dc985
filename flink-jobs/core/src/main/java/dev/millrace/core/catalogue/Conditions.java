package dev.millrace.core.catalogue;

import dev.millrace.core.catalogue.EventValues.Place;
import dev.millrace.core.catalogue.EventValues.Shape;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/** Conditions, ready to be asked of events. */
final class Conditions {
    /** What always holds. */
    static final Conditions NONE = new Conditions(List.of(), any -> null);

    private final Check[] checks;

    /** @param places finds the place of a path */
    Conditions(List<Condition> conditions, Function<String, Place> places) {
        checks = conditions.stream()
                .map(condition -> new Check(condition, places.apply(condition.path())))
                .toArray(Check[]::new);
    }

    boolean isEmpty() {
        return checks.length == 0;
    }

    List<Place> places() {
        return Arrays.stream(checks).map(check -> check.place).toList();
    }

    /** Whether all of them hold. */
    boolean hold(EventValues values) {
        for (Check check : checks) {
            if (!check.holds(values)) {
                return false;
            }
        }
        return true;
    }

    private static final class Check {
        private final Place place;
        /** Null where it does not ask for that. */
        private final Boolean exists;

        private final String prefix;
        /** Texts that it may be. */
        private final Set<String> texts = new HashSet<>();
        /** Numbers that it may be. */
        private final double[] numbers;
        /** In which it must lie, both included. */
        private final double least;

        private final double most;
        private final boolean bounded;

        private Check(Condition condition, Place place) {
            this.place = place;
            exists = condition.exists();
            prefix = condition.prefix();
            List<Object> anyOf = condition.in() != null
                    ? condition.in()
                    : condition.equals() == null ? List.of() : List.of(condition.equals());
            for (Object value : anyOf) {
                if (!(value instanceof Number)) {
                    texts.add(value.toString());
                }
            }
            numbers = anyOf.stream()
                    .filter(Number.class::isInstance)
                    .mapToDouble(value -> ((Number) value).doubleValue())
                    .toArray();
            least = condition.above() != null
                    ? Math.nextUp(condition.above())
                    : condition.atLeast() != null ? condition.atLeast() : Double.NEGATIVE_INFINITY;
            most = condition.below() != null
                    ? Math.nextDown(condition.below())
                    : condition.atMost() != null ? condition.atMost() : Double.POSITIVE_INFINITY;
            bounded = least != Double.NEGATIVE_INFINITY || most != Double.POSITIVE_INFINITY;
        }

        private boolean holds(EventValues values) {
            if (exists != null) {
                return exists == (values.shape(place) != Shape.NONE);
            }
            String text = values.text(place);
            if (text == null) {
                return false;
            }
            if (prefix != null) {
                return text.startsWith(prefix);
            }
            if (texts.contains(text)) {
                return true;
            }
            if (numbers.length == 0 && !bounded) {
                return false;
            }
            double number = Amount.number(text);
            if (bounded) {
                return number >= least && number <= most; // Neither holds for what is no number.
            }
            for (double one : numbers) {
                if (one == number) {
                    return true;
                }
            }
            return false;
        }
    }
}
