package dev.millrace.core.catalogue;

/** Takes what an event is to the metrics of a catalogue. */
@FunctionalInterface
public interface Hits {
    void add(Hit hit);
}
