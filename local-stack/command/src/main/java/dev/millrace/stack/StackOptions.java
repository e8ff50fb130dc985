package dev.millrace.stack;

import java.nio.file.Path;
import java.util.List;

/**
 * What a local stack is made of.
 *
 * @param root the checkout whose artefacts are run
 * @param data where everything that the parts write goes
 * @param ports where they listen, on loopback alone
 * @param taskManagers how many TaskManagers
 * @param slots task slots of each
 * @param jobs what {@code up} submits, in this order
 * @param writeKeys the collector's write keys, each {@code KEY=SOURCE}
 */
public record StackOptions(
        Path root, Path data, Ports ports, int taskManagers, int slots, List<Job> jobs, List<String> writeKeys) {
    /** The write key that a stack on a laptop takes; no secret. */
    public static final String WRITE_KEY = "dev";

    public StackOptions {
        root = root.toAbsolutePath().normalize();
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
                directory,
                Ports.read(root.resolve("local-stack/ports.properties")),
                1,
                6,
                List.of(Job.values()),
                List.of(WRITE_KEY + "=web"));
    }

    public StackOptions withPorts(Ports other) {
        return new StackOptions(root, data, other, taskManagers, slots, jobs, writeKeys);
    }

    public StackOptions withJobs(List<Job> others) {
        return new StackOptions(root, data, ports, taskManagers, slots, others, writeKeys);
    }

    public StackOptions withTaskManagers(int count, int slotsEach) {
        return new StackOptions(root, data, ports, count, slotsEach, jobs, writeKeys);
    }
}
