package dev.millrace.core.oracle;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.core.event.Event;
import java.math.BigDecimal;
import java.util.Iterator;
import java.util.Optional;
import java.util.Set;

/**
 * Whether an event is what a {@code match} of the catalogue asks for.
 *
 * <p>Conditions: a value {@code exists} if it is there and not null. A text equals a text of the same characters, a number
 * one of the same size ({@code 1.0} equals {@code 1}), a truth value the same truth value; nothing equals a value of another
 * kind. {@code above} and its like compare numbers, and texts that are numbers; {@code prefix} is of texts. What is not
 * there, or of another kind, fulfils no condition but {@code exists: false}.
 */
final class OracleMatch {
    private static final Set<String> MEMBERS = Set.of("types", "events", "where");

    private OracleMatch() {}

    /** A missing match, or one without members, takes every event. */
    static boolean matches(Event event, JsonNode match) {
        for (Iterator<String> names = match.fieldNames(); names.hasNext(); ) {
            String name = names.next();
            if (!MEMBERS.contains(name)) {
                throw new IllegalArgumentException("match has no " + name);
            }
        }
        if (match.has("types") && !OracleValues.list(match.get("types")).contains(event.type())) {
            return false;
        }
        if (match.has("events") && !OracleValues.list(match.get("events")).contains(event.name())) {
            return false;
        }
        for (JsonNode condition : match.path("where")) {
            if (!holds(event, condition)) {
                return false;
            }
        }
        return true;
    }

    private static boolean holds(Event event, JsonNode condition) {
        Object value = OracleValues.at(event, condition.required("path").asText());
        for (Iterator<String> names = condition.fieldNames(); names.hasNext(); ) {
            String name = names.next();
            if (!name.equals("path") && !holds(value, name, condition.get(name))) {
                return false;
            }
        }
        return true;
    }

    private static boolean holds(Object value, String operator, JsonNode operand) {
        return switch (operator) {
            case "exists" -> (value != null) == operand.asBoolean();
            case "equals" -> equal(value, operand);
            case "in" -> isIn(value, operand);
            case "above" -> compare(value, operand).filter(order -> order > 0).isPresent();
            case "at_least" -> compare(value, operand)
                    .filter(order -> order >= 0)
                    .isPresent();
            case "below" -> compare(value, operand).filter(order -> order < 0).isPresent();
            case "at_most" -> compare(value, operand)
                    .filter(order -> order <= 0)
                    .isPresent();
            case "prefix" -> value instanceof String text && text.startsWith(operand.asText());
            default -> throw new IllegalArgumentException("no condition: " + operator);
        };
    }

    private static boolean isIn(Object value, JsonNode operands) {
        for (JsonNode operand : operands) {
            if (equal(value, operand)) {
                return true;
            }
        }
        return false;
    }

    private static boolean equal(Object value, JsonNode operand) {
        if (operand.isNumber()) {
            return value instanceof OracleValues.JsonNumber
                    && compare(value, operand).filter(order -> order == 0).isPresent();
        }
        return operand.isBoolean()
                ? value instanceof Boolean truth && truth == operand.asBoolean()
                : value instanceof String text && text.equals(operand.asText());
    }

    /** How a number compares with the operand; empty: it is none. */
    private static Optional<Integer> compare(Object value, JsonNode operand) {
        return OracleValues.number(value).map(number -> number.compareTo(new BigDecimal(operand.asText())));
    }
}
