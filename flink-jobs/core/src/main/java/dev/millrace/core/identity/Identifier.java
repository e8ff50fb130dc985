package dev.millrace.core.identity;

/** Identifiers are text, {@code type:value}: {@code user_id:42}. */
public final class Identifier {
    public static final String USER_ID = "user_id";
    public static final String ANONYMOUS_ID = "anonymous_id";

    /** Longest value of an identifier, in UTF-16 characters: it is a key in topics, state and tables. */
    public static final int MAX_CHARS = 512;

    private Identifier() {}

    public static String of(String type, String value) {
        return type + ':' + value;
    }
}
