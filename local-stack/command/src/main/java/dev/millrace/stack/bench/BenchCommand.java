package dev.millrace.stack.bench;

import dev.millrace.stack.Stack;
import dev.millrace.stack.StackException;
import dev.millrace.stack.bench.BenchOptions.Part;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code stack bench}. */
@Command(
        name = "bench",
        sortOptions = false,
        description = {
            "Measures how fast the jobs are, on a stack of its own, side by side with a job that only decodes.",
            "",
            "A stack on free ports is started in a directory of its own (in --data DIR where that is given, else where"
                    + " the system keeps what is temporary), its raw topic is filled with generated events, and the"
                    + " contenders read it in turn: limit (Flink's own Avro reader, discard), mirror, stitch-heap and"
                    + " stitch-rocksdb; measure-heap and measure-rocksdb, and those with -catalogue (without sessions and"
                    + " journeys), read what StitchJob made of it; together-rocksdb is all three jobs, with -catalogue"
                    + " without sessions and journeys, too; sql-heap, sql-rocksdb and streams are what one would write in"
                    + " Flink SQL or with Kafka Streams instead. Then events are sent live, to measure latency. In the end"
                    + " all of it is deleted.",
            "",
            "With the defaults it takes hours, some 12 GiB of memory and 20 GiB of disk. Nothing else should run"
                    + " meanwhile. --latency-budget and --scaling are parts of their own: where one is given, the"
                    + " contenders are left out; --all measures everything."
        })
public final class BenchCommand implements Callable<Integer> {
    @ParentCommand
    private Stack stack;

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--warm-up",
            paramLabel = "N",
            defaultValue = "4000000",
            description = "Events before those that are measured (default: ${DEFAULT-VALUE}).")
    private long warmUp;

    @Option(
            names = "--events",
            paramLabel = "N",
            defaultValue = "4000000",
            description = "Events that are measured; so many are a burst, too (default: ${DEFAULT-VALUE}).")
    private long events;

    @Option(names = "--rounds", paramLabel = "N", defaultValue = "3", description = "Default: ${DEFAULT-VALUE}.")
    private int rounds;

    @Option(names = "--people", paramLabel = "N", defaultValue = "1000000", description = "Default: ${DEFAULT-VALUE}.")
    private long people;

    @Option(
            names = "--parallelism",
            paramLabel = "N",
            defaultValue = "2",
            description = "Of each job (default: ${DEFAULT-VALUE}).")
    private int parallelism;

    @Option(names = "--seed", paramLabel = "S", defaultValue = "1", description = "Default: ${DEFAULT-VALUE}.")
    private long seed;

    @Option(
            names = "--only",
            paramLabel = "NAME",
            description =
                    "Measure only this one: limit, limit-stitched, mirror, stitch-heap, stitch-rocksdb, measure-heap,"
                            + " measure-heap-catalogue, measure-rocksdb, measure-rocksdb-catalogue, together-rocksdb,"
                            + " together-rocksdb-catalogue, together-rocksdb-as-sql, sql-heap, sql-rocksdb, streams. May be"
                            + " given several times.")
    private List<String> only = List.of();

    @Option(
            names = "--hours",
            paramLabel = "H",
            defaultValue = "24",
            description =
                    "Of event time that the events are spread over: the fewer, the more people are there at once, and"
                            + " the fewer windows come and go; an event a second at least (default: ${DEFAULT-VALUE}).")
    private double hours;

    @Option(
            names = "--adversarial",
            paramLabel = "SHARE",
            defaultValue = "0",
            description = "Of the events after the warm-up, so many are made to hurt: a device with ever new users, a"
                    + " user with ever new devices, long chains that always get a new leader (default: none).")
    private double adversarial;

    @Option(
            names = "--latency-seconds",
            paramLabel = "N",
            defaultValue = "60",
            description = "How long latency is measured, of stitch-rocksdb to its topic, and to PostgreSQL of it and"
                    + " measure-rocksdb, of together-rocksdb, and of sql-rocksdb; 0: not (default: ${DEFAULT-VALUE}).")
    private int latencySeconds;

    @Option(
            names = "--latency-rate",
            paramLabel = "R",
            defaultValue = "0",
            description =
                    "Events a second meanwhile (default: half of the rate that was measured; up to the row, half of the"
                            + " highest rate that is kept up with, and then half of what a burst came to; for the"
                            + " latency budget 2,000).")
    private double latencyRate;

    @Option(
            names = "--checkpoint-interval",
            paramLabel = "TIME",
            defaultValue = "20s",
            description = "Of each job (default: ${DEFAULT-VALUE}).")
    private String checkpointInterval;

    @Option(
            names = "--task-manager-memory",
            paramLabel = "SIZE",
            defaultValue = "9g",
            description = "Of the whole process (default: ${DEFAULT-VALUE}).")
    private String taskManagerMemory;

    @Option(
            names = "--managed-memory",
            paramLabel = "SIZE",
            defaultValue = "2g",
            description = "What RocksDB has of it; nearly all the rest is heap (default: ${DEFAULT-VALUE}).")
    private String managedMemory;

    @Option(
            names = "--latency-budget",
            description = "Measure where the time from an HTTP request to the row in PostgreSQL goes, and nothing else"
                    + " that is not asked for: two minutes.")
    private boolean latencyBudget;

    @Option(
            names = "--scaling",
            description =
                    "Measure what an event costs StitchJob and MeasureJob as state grows, on the heap and on RocksDB,"
                            + " at parallelism 1 and --parallelism, and nothing else that is not asked for.")
    private boolean scaling;

    @Option(names = "--all", description = "Measure contenders, latency budget and scaling.")
    private boolean all;

    @Option(
            names = "--scaling-sizes",
            paramLabel = "N",
            split = ",",
            defaultValue = "10000,100000,1000000,5000000",
            description = "Numbers of identifiers (default: ${DEFAULT-VALUE}).")
    private List<Long> scalingSizes;

    @Option(
            names = "--scaling-events",
            paramLabel = "N",
            defaultValue = "300000",
            description = "Events that are measured for each of them, after as many more to warm up (default:"
                    + " ${DEFAULT-VALUE}).")
    private long scalingEvents;

    @Option(
            names = "--out",
            paramLabel = "FILE",
            description = "Write all figures to this file too, as JSON; where it is a directory, the same as --report.")
    private Path out;

    @Option(
            names = "--report",
            paramLabel = "DIR",
            description = "Write a report to this directory: report.md with plots, and report.json.")
    private Path report;

    @Override
    public Integer call() {
        BenchOptions options = options();
        PrintWriter err = stack.err();
        Path parent = stack.givenData().orElse(Path.of(System.getProperty("java.io.tmpdir")));
        String commandLine =
                String.join(" ", spec.root().commandLine().getParseResult().originalArgs());
        BenchReport figures = Bench.run(stack.localStack().options().root(), parent, options, commandLine, line -> {
            err.println(line);
            err.flush();
        });
        ReportFiles files = new ReportFiles(figures);
        files.print(stack.out());
        if (report != null) {
            files.write(report);
        }
        if (out != null && Files.isDirectory(out)) {
            files.write(out);
        } else if (out != null) {
            try {
                Files.writeString(out, figures.json() + "\n");
            } catch (IOException e) {
                throw new StackException("can't write " + out + ": " + e.getMessage(), e);
            }
        }
        return 0;
    }

    /** Those that are asked for, by {@code --only} too; the contenders where nothing is. */
    private Set<Part> parts() {
        if (all) {
            return EnumSet.allOf(Part.class);
        }
        Set<Part> parts = EnumSet.noneOf(Part.class);
        if (latencyBudget) {
            parts.add(Part.LATENCY_BUDGET);
        }
        if (scaling) {
            parts.add(Part.SCALING);
        }
        if (parts.isEmpty() || !only.isEmpty()) {
            parts.add(Part.CONTENDERS);
        }
        return parts;
    }

    BenchOptions options() {
        try {
            return new BenchOptions(
                    warmUp,
                    events,
                    rounds,
                    people,
                    parallelism,
                    seed,
                    hours,
                    adversarial,
                    latencySeconds,
                    latencyRate,
                    only,
                    checkpointInterval,
                    taskManagerMemory,
                    managedMemory,
                    parts(),
                    scalingSizes,
                    scalingEvents);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }
}
