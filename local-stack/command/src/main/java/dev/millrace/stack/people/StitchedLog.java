package dev.millrace.stack.people;

import java.util.Collection;
import java.util.Map;
import java.util.function.Consumer;

/** The topic {@code millrace.stitched}, read by parts. */
interface StitchedLog {
    /**
     * Records of a partition.
     *
     * @param from offset of the first
     * @param to offset behind the last
     */
    record Span(long from, long to) {}

    /** A record; {@code key} and {@code value} may be null. */
    record Entry(int partition, long offset, byte[] key, byte[] value) {}

    /** How many partitions there are. */
    int partitions();

    /** All that is in these partitions now. */
    Map<Integer, Span> spans(Collection<Integer> partitions);

    /** Reads spans, those of one partition in its order. */
    void read(Map<Integer, Span> spans, Consumer<Entry> each);
}
