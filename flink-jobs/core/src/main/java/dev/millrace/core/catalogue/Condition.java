package dev.millrace.core.catalogue;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonFormat;
import java.io.Serializable;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * What the value at a place in an event must be. Exactly one of the components but {@code path} is given.
 *
 * <p>A value is compared as text with text: a string as it is, a number or boolean as its JSON text. With a number it is
 * compared as a number, if it is one, within quotes or not; as a double. A value that is missing, null, an object or an
 * array fulfils none but {@code exists}.
 *
 * @param path a field of the event ({@code type}, {@code event}, {@code source}, {@code user_id}, {@code anonymous_id},
 *     {@code group_id}), or a path into {@code properties}, {@code traits}, {@code context} or {@code extras}
 * @param equals text, number or boolean that it must be
 * @param in as {@code equals}, one of them
 * @param exists whether there must be a value other than null
 * @param above number that it must be greater than
 * @param atLeast number that it must not be less than
 * @param below number that it must be less than
 * @param atMost number that it must not be greater than
 * @param prefix text that it must begin with
 */
public record Condition(
        String path,
        Object equals,
        @JsonFormat(with = JsonFormat.Feature.ACCEPT_SINGLE_VALUE_AS_ARRAY) List<Object> in,
        Boolean exists,
        Double above,
        Double atLeast,
        Double below,
        Double atMost,
        String prefix)
        implements Serializable {

    public Condition {
        if (path == null) {
            throw new IllegalArgumentException(
                    "a condition has no 'path', as in {path: properties.total, exists: true}");
        }
        Entries.path(path);
        in = Entries.distinct(in, "in");
        long operators = Stream.of(equals, in, exists, above, atLeast, below, atMost, prefix)
                .filter(Objects::nonNull)
                .count();
        if (operators != 1) {
            throw new IllegalArgumentException("the condition on '" + path + "' has " + operators
                    + " comparisons, not one: equals, in, exists, above, at_least, below, at_most or prefix;"
                    + (operators == 0 ? " give one" : " write several conditions, all of which must hold"));
        }
        Stream.concat(Stream.ofNullable(equals), in == null ? Stream.empty() : in.stream())
                .filter(value -> !(value instanceof String || value instanceof Number || value instanceof Boolean))
                .findFirst()
                .ifPresent(value -> {
                    throw new IllegalArgumentException("the condition on '" + path + "' compares with " + value
                            + ", which is neither text nor a number, true or false");
                });
        if (Stream.of(above, atLeast, below, atMost).anyMatch(bound -> bound != null && !Double.isFinite(bound))) {
            throw new IllegalArgumentException("the condition on '" + path + "' compares with no finite number");
        }
    }

    /** The condition that there is a value at a path. */
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public static Condition exists(String path) {
        return new Condition(path, null, null, true, null, null, null, null, null);
    }
}
