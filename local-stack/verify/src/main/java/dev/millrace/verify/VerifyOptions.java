package dev.millrace.verify;

import dev.millrace.runtime.config.MillraceConfig;
import java.nio.file.Path;
import java.util.List;

/**
 * What is compared, and with how much of a machine.
 *
 * @param config what the jobs run with: the rules, the catalogue, and the serving store that is compared
 * @param root of cold storage, any URI that Flink's file systems know; files are below {@code <root>/raw}
 * @param required the records that must be there; empty: what is there, without gaps
 * @param differences how many are told; all are counted
 * @param memoryBytes the most that DuckDB takes; what does not fit goes to disk
 * @param scratch where what does not fit in memory goes, some 300 bytes an event; it is deleted afterwards
 */
public record VerifyOptions(
        MillraceConfig config, String root, List<RawRange> required, int differences, long memoryBytes, Path scratch) {
    /** Differences that are told, where nothing else is said. */
    public static final int DEFAULT_DIFFERENCES = 20;
    /** DuckDB's memory, where nothing else is said. */
    public static final long DEFAULT_MEMORY_BYTES = 1_500L << 20;

    public VerifyOptions {
        required = List.copyOf(required);
    }

    /** The cold storage and the store of a configuration. */
    public static VerifyOptions of(MillraceConfig config, Path scratch) {
        return new VerifyOptions(
                config, config.requireMirror().root(), List.of(), DEFAULT_DIFFERENCES, DEFAULT_MEMORY_BYTES, scratch);
    }

    public VerifyOptions withRequired(List<RawRange> others) {
        return new VerifyOptions(config, root, others, differences, memoryBytes, scratch);
    }

    public VerifyOptions withScratch(Path other) {
        return new VerifyOptions(config, root, required, differences, memoryBytes, other);
    }

    /**
     * Records of one raw partition.
     *
     * @param from the first offset, inclusive
     * @param to the last, exclusive
     */
    public record RawRange(String topic, int partition, long from, long to) {}
}
