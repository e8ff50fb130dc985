package dev.millrace.core.metric;

/** A contribution, and whose it is. */
record Held(long leaf, Contribution what) {}
