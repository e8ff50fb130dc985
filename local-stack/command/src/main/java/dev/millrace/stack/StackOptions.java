package dev.millrace.stack;

import dev.millrace.stack.flink.FlinkTuning;
import java.nio.file.Path;
import java.util.List;

/**
 * What a local stack is made of.
 *
 * @param root the checkout whose artefacts are run
 * @param configuration the tunable part of the jobs' configuration
 * @param data where everything that the parts write goes
 * @param ports where they listen, on loopback alone
 * @param taskManagers how many TaskManagers
 * @param slots task slots of each
 * @param jobs what {@code up} submits, in this order
 * @param writeKeys the collector's write keys, each {@code KEY=SOURCE}
 * @param tuning of the Flink cluster
 */
public record StackOptions(
        Path root,
        Path configuration,
        Path data,
        Ports ports,
        int taskManagers,
        int slots,
        List<Job> jobs,
        List<String> writeKeys,
        FlinkTuning tuning) {
    /** The write key that a stack on a laptop takes; no secret. */
    public static final String WRITE_KEY = "dev";

    public StackOptions {
        root = root.toAbsolutePath().normalize();
        configuration = configuration.toAbsolutePath().normalize();
        data = data.toAbsolutePath().normalize();
        jobs = List.copyOf(jobs);
        writeKeys = List.copyOf(writeKeys);
    }

    /** The defaults of a checkout: ports from {@code local-stack/ports.properties}, every job, one TaskManager. */
    public static StackOptions of(Path root, Path data) {
        Path directory = data;
        if (directory == null) {
            String environment = System.getenv("MILLRACE_DATA");
            directory = environment == null || environment.isBlank()
                    ? root.resolve("local-stack/data")
                    : Path.of(environment);
        }
        return new StackOptions(
                root,
                root.resolve("local-stack/millrace.yaml"),
                directory,
                Ports.read(root.resolve("local-stack/ports.properties")),
                1,
                6,
                List.of(Job.values()),
                List.of(WRITE_KEY + "=web"),
                FlinkTuning.NONE);
    }

    public StackOptions withConfiguration(Path other) {
        return new StackOptions(root, other, data, ports, taskManagers, slots, jobs, writeKeys, tuning);
    }

    public StackOptions withPorts(Ports other) {
        return new StackOptions(root, configuration, data, other, taskManagers, slots, jobs, writeKeys, tuning);
    }

    public StackOptions withJobs(List<Job> others) {
        return new StackOptions(root, configuration, data, ports, taskManagers, slots, others, writeKeys, tuning);
    }

    public StackOptions withTaskManagers(int count, int slotsEach) {
        return new StackOptions(root, configuration, data, ports, count, slotsEach, jobs, writeKeys, tuning);
    }

    public StackOptions withTuning(FlinkTuning other) {
        return new StackOptions(root, configuration, data, ports, taskManagers, slots, jobs, writeKeys, other);
    }
}
