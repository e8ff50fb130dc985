package dev.millrace.stack.flink;

import java.util.List;

/** Finds the sentence that matters in a Java stack trace as text. */
final class RootCause {
    private static final String CAUSED_BY = "Caused by: ";

    private RootCause() {}

    /**
     * The last "Caused by" with the one before it, which often names the setting, or else the first line; without the
     * exceptions' classes where they have messages.
     */
    static String of(String stackTrace) {
        List<String> causes = stackTrace
                .lines()
                .map(String::strip)
                .filter(line -> line.startsWith(CAUSED_BY))
                .map(line -> message(line.substring(CAUSED_BY.length())))
                .toList();
        if (causes.isEmpty()) {
            return stackTrace
                    .lines()
                    .map(String::strip)
                    .filter(line -> !line.isEmpty() && !line.startsWith("<Exception on server side"))
                    .findFirst()
                    .map(RootCause::message)
                    .orElse("no reason given");
        }
        String last = causes.get(causes.size() - 1);
        if (causes.size() == 1) {
            return last;
        }
        String before = causes.get(causes.size() - 2);
        return before.contains(last) ? last : before + ": " + last;
    }

    private static String message(String exception) {
        return exception.replaceFirst("^(?:(?:[A-Za-z_$][A-Za-z0-9_$]*\\.)+[A-Za-z0-9_$]+: )+", "");
    }
}
