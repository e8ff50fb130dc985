package dev.millrace.stack.bench;

import dev.millrace.stack.Stack;
import dev.millrace.stack.StackException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
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
                    + " contenders read it in turn: limit (Flink's own Avro reader, discard), stitch-heap and"
                    + " stitch-rocksdb; measure-heap and measure-rocksdb, and those with -catalogue (without sessions and"
                    + " journeys), read what StitchJob made of it. Then events are sent live, to measure latency. In the"
                    + " end all of it is deleted.",
            "",
            "With the defaults it takes an hour or more, some 12 GiB of memory and 20 GiB of disk. Nothing"
                    + " else should run meanwhile."
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
            description = "Events that are measured (default: ${DEFAULT-VALUE}).")
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
                    "Measure only this one: limit, stitch-heap, stitch-rocksdb, measure-heap,"
                            + " measure-heap-catalogue, measure-rocksdb, measure-rocksdb-catalogue. May be given several times.")
    private List<String> only = List.of();

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
            description = "How long latency is measured, of stitch-rocksdb to its topic, and of it and measure-rocksdb"
                    + " together to PostgreSQL; 0: not (default: ${DEFAULT-VALUE}).")
    private int latencySeconds;

    @Option(
            names = "--latency-rate",
            paramLabel = "R",
            defaultValue = "0",
            description =
                    "Events a second meanwhile (default: half of the rate that was measured, of two jobs the lower one).")
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

    @Option(names = "--out", paramLabel = "FILE", description = "Write all figures to this file too, as JSON.")
    private Path out;

    @Override
    public Integer call() {
        BenchOptions options = options();
        PrintWriter err = stack.err();
        Path parent = stack.givenData().orElse(Path.of(System.getProperty("java.io.tmpdir")));
        BenchReport report = Bench.run(stack.localStack().options().root(), parent, options, line -> {
            err.println(line);
            err.flush();
        });
        report.print(stack.out());
        if (out != null) {
            try {
                Files.writeString(out, report.json() + "\n");
            } catch (IOException e) {
                throw new StackException("can't write " + out + ": " + e.getMessage(), e);
            }
        }
        return 0;
    }

    private BenchOptions options() {
        try {
            return new BenchOptions(
                    warmUp,
                    events,
                    rounds,
                    people,
                    parallelism,
                    seed,
                    adversarial,
                    latencySeconds,
                    latencyRate,
                    only,
                    checkpointInterval,
                    taskManagerMemory,
                    managedMemory);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }
}
