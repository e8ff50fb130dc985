package dev.millrace.core.event;

/** Why a record could not be used: the code in {@code millrace.rejected}. Codes are added, never renamed. */
public enum RejectionReason {
    /** The record has no value. */
    EMPTY("empty"),
    /** The bytes are not in the topic's format. */
    MALFORMED("malformed"),
    /** The bytes name a schema id that the registry does not know, or a schema that is no event. */
    UNKNOWN_SCHEMA("unknown_schema"),
    /** The event's type is none of the six. */
    UNKNOWN_TYPE("unknown_type"),
    /** The event names no identifier that can be used. */
    NO_IDENTIFIER("no_identifier"),
    /** An identifier of the event is longer than one can be. */
    OVERSIZED_IDENTIFIER("oversized_identifier");

    private final String code;

    RejectionReason(String code) {
        this.code = code;
    }

    public String code() {
        return code;
    }
}
