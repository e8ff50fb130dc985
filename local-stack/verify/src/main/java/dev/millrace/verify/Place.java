package dev.millrace.verify;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where something stands in an event, as the configuration writes it: {@code properties.products[0]['unit price']}.
 *
 * @param field a column of cold storage
 * @param steps into its JSON; none: the field itself
 */
record Place(String field, List<Step> steps) {
    /**
     * One step.
     *
     * @param name of a member; null: it is an element
     * @param index of an element; {@link #EVERY}: each
     */
    record Step(String name, int index) {
        static final int EVERY = -1;
    }

    private static final Pattern STEP = Pattern.compile(
            "\\.(?<name>[^.\\[\\]'\"\\s]+)|\\['(?<quoted>.*?)'\\]|\\[(?<index>[0-9]{1,9})\\]|(?<every>\\[\\*\\])");

    static Place parse(String text) {
        int at = 0;
        while (at < text.length() && text.charAt(at) != '.' && text.charAt(at) != '[') {
            at++;
        }
        String field = text.substring(0, at);
        List<Step> steps = new ArrayList<>();
        Matcher step = STEP.matcher(text);
        while (at < text.length()) {
            if (!step.region(at, text.length()).lookingAt()) {
                throw new IllegalArgumentException("'" + text + "' is no path");
            }
            if (step.group("index") != null) {
                steps.add(new Step(null, Integer.parseInt(step.group("index"))));
            } else if (step.group("every") != null) {
                steps.add(new Step(null, Step.EVERY));
            } else {
                steps.add(new Step(step.group("name") != null ? step.group("name") : step.group("quoted"), 0));
            }
            at = step.end();
        }
        return new Place(field, List.copyOf(steps));
    }
}
