package dev.millrace.core.identity;

/**
 * What the actor of one identifier tells that of another: the link between them, and the sender's label. Each message says
 * both, so that none depends on another that may come later.
 *
 * @param to the identifier told
 * @param from the identifier that tells
 * @param linkMillis earliest event time at which the two were seen in one event, as far as the sender knows
 * @param alias whether that event says that the two are one person even if both are anchors
 * @param label the sender's
 */
public record Message(String to, String from, long linkMillis, boolean alias, Label label) {}
