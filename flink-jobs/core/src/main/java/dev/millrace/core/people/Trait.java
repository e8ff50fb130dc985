package dev.millrace.core.people;

/**
 * A row of {@code identifier_traits}: what an {@code identify} call said of who it was about.
 *
 * @param value JSON, as it was sent
 * @param eventTimeMillis when it was said; of two values the later holds, of two at one time the greater one
 */
public record Trait(String identifier, String name, String value, long eventTimeMillis) {}
