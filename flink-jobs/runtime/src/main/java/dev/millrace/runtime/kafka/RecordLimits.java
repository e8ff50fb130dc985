package dev.millrace.runtime.kafka;

/** How large records may be. */
public final class RecordLimits {
    /**
     * Largest record of Millrace's own topics: well above the largest raw one (Kafka's default is 1 MiB), since it holds
     * that and more. Sinks write up to this, and setup creates the topics to take it.
     */
    public static final int MAX_RECORD_BYTES = 8 << 20;

    private RecordLimits() {}
}
