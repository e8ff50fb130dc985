package dev.millrace.core.identity;

/** Where an actor puts what it has to say. */
public interface Outbox {
    /** A message to another actor. */
    void send(Message message);

    /** A link that is new, or known from an earlier time than before. */
    void linked(LinkKey link);

    /** A link was not taken since the identifier has as many as its type may have. */
    void linkOverLimit();

    /** A label was not taken since its leader is too many links away. */
    void labelBeyondReach();
}
