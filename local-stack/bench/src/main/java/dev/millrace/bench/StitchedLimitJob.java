package dev.millrace.bench;

import dev.millrace.contract.StitchedRecord;
import dev.millrace.runtime.config.ConfigFile;
import dev.millrace.runtime.config.MillraceConfig;

/**
 * Likewise of {@code millrace.stitched}: as fast as a job on that topic can be that does nothing. See {@link LimitJob}.
 */
public final class StitchedLimitJob {
    /** Name in the cluster, Kafka group, directory of its checkpoints. */
    public static final String NAME = "bench-limit-stitched";

    private StitchedLimitJob() {}

    public static void main(String[] arguments) throws Exception {
        MillraceConfig config = ConfigFile.fromArguments(arguments);
        LimitJob.run(config, NAME, "stitched", config.topics().stitched(), StitchedRecord.class);
    }
}
