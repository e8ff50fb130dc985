package dev.millrace.core.catalogue;

/** What happens to records rather than in them; counted by when the record arrived. */
public enum Signal {
    /** An event was counted. */
    ACCEPTED,
    /** An event was counted, and corrected a minute that event time had already passed. */
    LATE,
    /** An event was too old for windows that still change; it is in cold storage alone. */
    BEYOND_HORIZON,
    /** A message came again and was dropped. */
    DUPLICATE,
    /** A record could not be used; it is in the topic of dead letters. */
    REJECTED
}
