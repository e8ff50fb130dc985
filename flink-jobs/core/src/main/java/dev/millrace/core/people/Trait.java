package dev.millrace.core.people;

/**
 * A row of {@code identifier_traits}: what an {@code identify} call said of who it was about.
 *
 * @param value JSON, as it was sent
 * @param eventTimeMillis when it was said; of two values the later holds, of two at one time the greater one
 * @param likelyNew whether the store most likely has no row of it yet
 */
public record Trait(String identifier, String name, String value, long eventTimeMillis, boolean likelyNew) {}
