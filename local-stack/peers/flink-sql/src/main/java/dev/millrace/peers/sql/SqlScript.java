package dev.millrace.peers.sql;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The statements of a file beside this class. Each ends with a semicolon at the end of a line; a line that begins with
 * {@code --} is a comment; <code>${name}</code> stands for a value.
 */
record SqlScript(List<String> statements) {
    private static final Pattern PLACEHOLDER = Pattern.compile("\\$\\{(\\w+)}");
    private static final Pattern END = Pattern.compile(";\\s*(\\R|$)");
    private static final Pattern OPTION = Pattern.compile("SET '([^']+)' = '([^']*)'");

    /** @param values of the placeholders; one without value is refused */
    static SqlScript read(String file, Map<String, String> values) {
        String text = text(file).lines().filter(line -> !line.startsWith("--")).collect(Collectors.joining("\n"));
        String filled = PLACEHOLDER.matcher(text).replaceAll(placeholder -> {
            String value = values.get(placeholder.group(1));
            if (value == null) {
                throw new IllegalArgumentException(file + " names " + placeholder.group() + ", which has no value");
            }
            return Matcher.quoteReplacement(value);
        });
        return new SqlScript(Stream.of(END.split(filled))
                .map(String::strip)
                .filter(statement -> !statement.isEmpty())
                .toList());
    }

    /** What statements of the form {@code SET 'key' = 'value'} set; there may be no other. */
    Map<String, String> options() {
        return statements.stream().map(SqlScript::option).collect(Collectors.toMap(o -> o.group(1), o -> o.group(2)));
    }

    private static Matcher option(String statement) {
        Matcher option = OPTION.matcher(statement);
        if (!option.matches()) {
            throw new IllegalArgumentException("this sets nothing: " + statement);
        }
        return option;
    }

    private static String text(String file) {
        try (InputStream in = SqlScript.class.getResourceAsStream(file)) {
            if (in == null) {
                throw new IllegalArgumentException("there is no " + file);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
