package dev.millrace.verify;

import dev.millrace.core.catalogue.Condition;
import dev.millrace.core.catalogue.Match;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Whether an event is what a {@code match} asks for. */
final class Matching {
    /** Null: any. */
    private final Set<String> types;

    private final Set<String> events;
    private final List<Asked> conditions = new ArrayList<>();

    private record Asked(Condition condition, int slot) {}

    /** @param match null: every event */
    Matching(Match match, EventReading reading) {
        types = match == null || match.types() == null ? null : new HashSet<>(match.types());
        events = match == null || match.events() == null ? null : new HashSet<>(match.events());
        if (match != null && match.where() != null) {
            match.where().forEach(condition -> conditions.add(new Asked(condition, reading.want(condition.path()))));
        }
    }

    boolean holds(RawRow row, EventReading reading) {
        if (types != null && !types.contains(row.field(RawRow.TYPE))
                || events != null && !events.contains(row.field(RawRow.EVENT))) {
            return false;
        }
        for (Asked asked : conditions) {
            if (!holds(asked.condition(), reading.exists(asked.slot()), reading.text(asked.slot()))) {
                return false;
            }
        }
        return true;
    }

    private static boolean holds(Condition condition, boolean exists, String text) {
        if (condition.exists() != null) {
            return condition.exists() == exists;
        }
        if (text == null) {
            return false;
        }
        if (condition.prefix() != null) {
            return text.startsWith(condition.prefix());
        }
        if (condition.equals() != null) {
            return equal(text, condition.equals());
        }
        if (condition.in() != null) {
            return condition.in().stream().anyMatch(one -> equal(text, one));
        }
        if (!Amounts.isNumber(text)) {
            return false;
        }
        double number = Double.parseDouble(text);
        if (condition.above() != null) {
            return number > condition.above();
        }
        if (condition.atLeast() != null) {
            return number >= condition.atLeast();
        }
        return condition.below() != null ? number < condition.below() : number <= condition.atMost();
    }

    /** With a number as a number, with all else as text. */
    private static boolean equal(String text, Object operand) {
        return operand instanceof Number number
                ? Amounts.isNumber(text) && Double.parseDouble(text) == number.doubleValue()
                : text.equals(operand.toString());
    }
}
