package dev.millrace.stack;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** The jobs, in the order of the data's way. */
public enum Job {
    MIRROR,
    STITCH,
    MEASURE;

    /** The job that {@code stitch} or {@code millrace-stitch} names. */
    public static Job named(String name) {
        String plain = name.toLowerCase(Locale.ROOT).replaceFirst("^millrace-", "");
        return Arrays.stream(values())
                .filter(job -> job.shortName().equals(plain))
                .findFirst()
                .orElseThrow(() -> new UsageException("there is no job '" + name + "'; the jobs are "
                        + Arrays.stream(values()).map(Job::shortName).collect(Collectors.joining(", "))));
    }

    /** As people type it: {@code stitch}. */
    public String shortName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** As Flink shows it: {@code millrace-stitch}. */
    public String flinkName() {
        return "millrace-" + shortName();
    }

    /** The module that builds it, from the checkout's root. */
    Path module() {
        return Path.of("flink-jobs", shortName());
    }
}
