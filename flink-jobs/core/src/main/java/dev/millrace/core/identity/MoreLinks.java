package dev.millrace.core.identity;

/**
 * The links of the current actor beyond those that its own state holds: few identifiers have so many, and those that do
 * should not be read and written as a whole at each event.
 */
public interface MoreLinks {
    /** No such link. */
    long NONE = Long.MIN_VALUE;

    /** One link, by the identifier at the other end. */
    interface Each {
        void accept(String other, long timeMillis);
    }

    /** Event time of the link to another identifier; {@link #NONE}: there is none. */
    long timeMillis(String other);

    /** Keeps a link, or gives one a new time. */
    void put(String other, long timeMillis);

    /** All of them, in any order. */
    void forEach(Each each);
}
