package dev.millrace.stack;

import dev.millrace.runtime.config.ConfigFile;
import dev.millrace.runtime.config.MillraceConfig;
import dev.millrace.setup.Setup;
import dev.millrace.stack.flink.FlinkConfiguration;
import dev.millrace.stack.flink.FlinkException;
import dev.millrace.stack.flink.FlinkRest;
import dev.millrace.stack.flink.JobPast;
import dev.millrace.stack.flink.JobStatus;
import dev.millrace.stack.flink.Snapshots;
import dev.millrace.stack.part.Collector;
import dev.millrace.stack.part.JobManager;
import dev.millrace.stack.part.KafkaBroker;
import dev.millrace.stack.part.Keeper;
import dev.millrace.stack.part.Part;
import dev.millrace.stack.part.Postgres;
import dev.millrace.stack.part.SchemaRegistry;
import dev.millrace.stack.part.TaskManager;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * The whole of Millrace on one machine, running or not. What runs is told by files in the data directory, not by this
 * object: another one with the same options, in another process, sees and rules the same stack. Progress is reported in
 * lines for people.
 */
public final class LocalStack {
    /** Of every job, as long as nobody asks for another. */
    public static final int PARALLELISM = 2;

    private static final Duration JOB_RUNS_AT_MOST = Duration.ofSeconds(90);
    private static final Duration STEPS_END_AT_MOST = Duration.ofSeconds(20);
    private static final Duration JOB_ENDS_AT_MOST = Duration.ofSeconds(30);
    private static final Duration SLOTS_FREE_AT_MOST = Duration.ofSeconds(60);

    private final StackOptions options;
    private final DataDirectory data;
    private final Artefacts artefacts;
    private final FlinkRest flink;
    private final Postgres postgresProgram;
    private final Part kafka;
    private final Part registry;
    private final Part postgres;
    private final Part jobManager;
    private final List<Part> taskManagers = new ArrayList<>();
    private final Part keeper;
    private final Part collector;
    private final Map<Job, Integer> parallelism = new ConcurrentHashMap<>();
    /** Keeps a shutdown hook's {@code down} behind an {@code up} of the same process. */
    private final ReentrantLock oneAtATime = new ReentrantLock();

    public LocalStack(StackOptions options) {
        this.options = options;
        this.data = new DataDirectory(options.data());
        this.artefacts = new Artefacts(options.root());
        Ports ports = options.ports();
        FlinkConfiguration configuration = new FlinkConfiguration(
                artefacts.checkedOut("deploy/flink/config.yaml"),
                data,
                ports,
                options.slots(),
                options.tuning().configuration());
        JobManager jobManagerProgram = new JobManager(artefacts, data, ports, configuration);
        this.flink = new FlinkRest(jobManagerProgram.address());
        this.postgresProgram = new Postgres(artefacts, data, ports);
        this.kafka = new Part(new KafkaBroker(artefacts, data, ports), data);
        this.registry = new Part(new SchemaRegistry(artefacts, data, ports), data);
        this.postgres = new Part(postgresProgram, data);
        this.jobManager = new Part(jobManagerProgram, data);
        for (int number = 1; number <= Math.max(options.taskManagers(), highestTaskManager()); number++) {
            taskManagers.add(new Part(
                    new TaskManager(
                            number,
                            artefacts,
                            data,
                            configuration,
                            flink,
                            options.tuning().taskManagerJvm()),
                    data));
        }
        this.keeper = new Part(new Keeper(artefacts, data), data);
        this.collector = new Part(new Collector(artefacts, data, ports, options.writeKeys()), data);
    }

    /** TaskManagers that an earlier start with other options left behind are this stack's too. */
    private int highestTaskManager() {
        if (!Files.isDirectory(data.run())) {
            return 0;
        }
        try (Stream<Path> files = Files.list(data.run())) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.matches(TaskManager.PREFIX + "[0-9]+\\.pid"))
                    .mapToInt(name -> Integer.parseInt(name.replaceAll("[^0-9]", "")))
                    .max()
                    .orElse(0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public StackOptions options() {
        return options;
    }

    /** All parts, in the order in which they depend on each other. */
    public List<Part> parts() {
        List<Part> parts = new ArrayList<>(List.of(kafka, registry, postgres, jobManager));
        parts.addAll(taskManagers);
        parts.add(keeper);
        parts.add(collector);
        return parts;
    }

    /** The part of that name: kafka, registry, postgres, jobmanager, taskmanager-1, keeper, collector. */
    public Part part(String name) {
        return parts().stream()
                .filter(part -> part.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new UsageException("there is no part '" + name + "'; the parts are "
                        + String.join(", ", parts().stream().map(Part::name).toList())));
    }

    /** Whether any part runs. */
    public boolean running() {
        return parts().stream().anyMatch(Part::running);
    }

    /** The cluster's REST interface. */
    public FlinkRest flink() {
        return flink;
    }

    /** Where the SDKs send to. */
    public String collectorUrl() {
        return collector.address();
    }

    /** JDBC URL of the serving store, without credentials. */
    public String storeUrl() {
        return postgres.address();
    }

    /** A new connection to the serving store; the caller closes it. */
    public Connection store() throws SQLException {
        if (!postgres.running()) {
            throw new StackException("PostgreSQL does not run; local-stack/stack up starts it");
        }
        return postgresProgram.connect();
    }

    /** The configuration that jobs run with, the store's password included. */
    public MillraceConfig config() {
        return config(data.config());
    }

    private MillraceConfig config(Path file) {
        String password = data.password();
        return ConfigFile.load(file, name -> name.equals("MILLRACE_STORE_PASSWORD") ? password : System.getenv(name));
    }

    /** Has jobs and commands read what is configured now; refuses what they could not run with, and changes nothing then. */
    private void renewConfig() {
        String text = StackConfiguration.text(options.configuration(), data, options.ports());
        Path trial = data.conf().resolve("millrace.yaml");
        write(trial, text);
        config(trial);
        write(data.config(), text);
    }

    /**
     * Starts what does not run, prepares topics, schemas and tables, and submits the jobs that do not run. Returns once
     * every part is ready and every job runs with all its tasks. What came up stays up where something else fails.
     */
    public void up(Consumer<String> progress) {
        exclusively(() -> {
            options.jobs().forEach(artefacts::jar);
            parts().stream().filter(part -> !part.running()).forEach(Part::requireFreePorts);
            renewConfig();
            List<Part> first = parts().stream()
                    .filter(part -> part != keeper && part != collector)
                    .toList();
            together(first.stream()
                    .map(part -> (Runnable) () -> bringUp(part, progress))
                    .toList());
            awaitEndOfStrangers();
            long begun = System.nanoTime();
            Setup.prepare(config(), line -> {});
            progress.accept(line("setup", "done", begun, "topics, schemas and tables are there"));
            List<Runnable> last = new ArrayList<>();
            last.add(() -> bringUp(keeper, progress));
            last.add(() -> bringUp(collector, progress));
            options.jobs().forEach(job -> last.add(() -> startUnlessRunning(job, progress)));
            together(last);
        });
    }

    /**
     * A JobManager that was killed leaves its tasks behind: TaskManagers end them once they miss it. Until then they write,
     * and none of its jobs may go on elsewhere.
     */
    private void awaitEndOfStrangers() {
        if (!options.jobs().isEmpty()
                && flink.jobs().stream().allMatch(job -> flink.hasEnded(job.id()))
                && !Await.until(SLOTS_FREE_AT_MOST, () -> flink.takenSlots() == 0)) {
            throw new StackException("TaskManagers still run tasks of a JobManager that is gone, after "
                    + SLOTS_FREE_AT_MOST.toSeconds() + " s");
        }
    }

    /** Ends jobs with a savepoint each, then the parts. */
    public void down(Consumer<String> progress) {
        if (!Files.isDirectory(data.run())) {
            return;
        }
        exclusively(() -> {
            takeDown(collector, progress);
            takeDown(keeper, progress);
            endJobs(progress);
            List<Runnable> ends = new ArrayList<>();
            for (Part part : parts()) {
                if (part != kafka && part != keeper && part != collector) {
                    ends.add(() -> takeDown(part, progress));
                }
            }
            try {
                together(ends);
            } finally {
                takeDown(kafka, progress);
            }
        });
    }

    /** Deletes everything that a stopped stack wrote. */
    public void wipe() {
        if (running()) {
            throw new StackException("the stack still runs; end it before its data is deleted");
        }
        try {
            data.wipe();
        } catch (IOException e) {
            throw new StackException("can't delete " + data.root() + ": " + e, e);
        }
    }

    /** How the jobs do. */
    public List<JobStatus> jobs() {
        requireJobManager();
        return flink.jobs();
    }

    /** What happened to the jobs that have not ended. */
    public List<JobPast> pasts() {
        requireJobManager();
        return flink.pasts();
    }

    /** The TaskManagers that have tasks of some job. */
    public List<Part> busyTaskManagers() {
        requireJobManager();
        Set<String> busy = flink.busyTaskManagers();
        return taskManagers.stream()
                .filter(part -> busy.stream().anyMatch(id -> TaskManager.isOf(part.name(), id)))
                .toList();
    }

    /** Starts a job from its newest snapshot, unless it runs, and returns once it runs with all its tasks. */
    public void startUnlessRunning(Job job, Consumer<String> progress) {
        requireJobManager();
        long begun = System.nanoTime();
        Optional<String> live = flink.liveJob(job.flinkName());
        if (live.isPresent()) {
            awaitRunning(job, live.get());
            progress.accept(line(job.flinkName(), "runs", begun, ""));
            return;
        }
        start(job, Snapshots.newest(data.checkpoints().resolve(job.flinkName()), data.savepoints(job)), true, progress);
    }

    /**
     * Puts a job's present jar and configuration in place, with the topics, schemas and tables that they need: one that runs
     * is stopped with a savepoint, and the new one goes on from there.
     *
     * @param snapshot to go on from instead; it stays as it is
     */
    public void submit(Job job, Optional<Path> snapshot, Consumer<String> progress) {
        requireJobManager();
        artefacts.jar(job);
        renewConfig();
        Setup.prepare(config(), line -> {});
        replace(job, snapshot, progress);
    }

    private void replace(Job job, Optional<Path> snapshot, Consumer<String> progress) {
        // What is given up for another snapshot must not be taken up again at the next start.
        Path savepoints = snapshot.isPresent() ? data.keptSavepoints(job) : data.savepoints(job);
        flink.liveJob(job.flinkName()).ifPresent(id -> end(job, id, savepoints, progress));
        if (snapshot.isPresent()) {
            start(job, snapshot, false, progress);
        } else {
            startUnlessRunning(job, progress);
        }
    }

    /**
     * Stops jobs with a savepoint, side by side, and starts them from there with another parallelism, which they keep in
     * this object.
     */
    public void rescale(Map<Job, Integer> newParallelism, Consumer<String> progress) {
        requireJobManager();
        parallelism.putAll(newParallelism);
        List<Runnable> steps = new ArrayList<>();
        newParallelism.keySet().forEach(job -> steps.add(() -> replace(job, Optional.empty(), progress)));
        together(steps);
    }

    private void start(Job job, Optional<Path> snapshot, boolean claim, Consumer<String> progress) {
        long begun = System.nanoTime();
        String id;
        try {
            id = flink.run(
                    artefacts.jar(job),
                    parallelism.getOrDefault(job, PARALLELISM),
                    List.of("--config", data.config().toString()),
                    snapshot,
                    claim);
        } catch (FlinkException e) {
            throw new StackException(
                    job.flinkName() + " can't be started: " + e.getMessage() + " (the whole of it is in "
                            + jobManager.log() + ")",
                    e);
        }
        awaitRunning(job, id);
        progress.accept(line(
                job.flinkName(),
                "running",
                begun,
                snapshot.map(path -> "goes on from " + data.root().relativize(path.toAbsolutePath()))
                        .orElse("from the beginning")));
    }

    private void awaitRunning(Job job, String id) {
        boolean runs = Await.until(JOB_RUNS_AT_MOST, () -> {
            String state = flink.state(id);
            if (state.equals("FAILED") || state.equals("CANCELED")) {
                throw new StackException(job.flinkName() + " ended while it started: "
                        + flink.lastFailure(id).orElse("somebody cancelled it"));
            }
            return state.equals("RUNNING");
        });
        if (!runs) {
            throw new StackException(
                    job.flinkName() + " does not run after " + JOB_RUNS_AT_MOST.toSeconds() + " s, but is "
                            + flink.state(id)
                            + flink.lastFailure(id)
                                    .map(failure -> "; it failed last with: " + failure)
                                    .orElse(""));
        }
    }

    /** Takes a savepoint that the stack itself never deletes or takes up, and returns where it is. */
    public String savepoint(Job job) {
        requireJobManager();
        String id = flink.liveJob(job.flinkName())
                .orElseThrow(() -> new StackException(
                        job.flinkName() + " does not run; local-stack/stack submit " + job.shortName() + " starts it"));
        try {
            return flink.savepoint(id, data.keptSavepoints(job));
        } catch (FlinkException e) {
            throw new StackException("no savepoint of " + job.flinkName() + ": " + e.getMessage(), e);
        }
    }

    private void requireJobManager() {
        if (!jobManager.running()) {
            throw new StackException("the JobManager does not run; local-stack/stack up starts it");
        }
    }

    private void endJobs(Consumer<String> progress) {
        if (!jobManager.running()) {
            if (jobManager.died()) {
                progress.accept("jobmanager had died; the jobs go on from their last checkpoints at the next start");
            }
            return;
        }
        try {
            List<Runnable> ends = new ArrayList<>();
            for (Job job : Job.values()) {
                flink.liveJob(job.flinkName())
                        .ifPresent(id -> ends.add(() -> end(job, id, data.savepoints(job), progress)));
            }
            together(ends);
        } catch (FlinkException | StackException e) {
            if (Thread.currentThread().isInterrupted()) {
                throw e;
            }
            progress.accept(e.getMessage() + "; the jobs go on from their last checkpoints at the next start");
        }
    }

    /** With a savepoint where it runs well; else cancelled, which leaves its last checkpoints. */
    private void end(Job job, String id, Path savepoints, Consumer<String> progress) {
        long begun = System.nanoTime();
        String instead;
        String state = flink.state(id);
        if (state.equals("RUNNING")) {
            progress.accept("waiting for a savepoint of " + job.flinkName());
            try {
                flink.stopWithSavepoint(id, savepoints);
                progress.accept(line(job.flinkName(), "stopped", begun, "with a savepoint"));
                return;
            } catch (FlinkException e) {
                instead = "no savepoint (" + e.getMessage() + ")";
            }
        } else {
            instead = "no savepoint of a job that is " + state;
        }
        if (!flink.hasEnded(id)) {
            flink.cancel(id);
            if (!Await.until(JOB_ENDS_AT_MOST, () -> flink.hasEnded(id))) {
                progress.accept(job.flinkName() + " does not end; its TaskManager ends it");
            }
        }
        progress.accept(line(job.flinkName(), "stopped", begun, instead + "; it goes on from its last checkpoint"));
    }

    private void bringUp(Part part, Consumer<String> progress) {
        long begun = System.nanoTime();
        boolean ran = part.running();
        part.start();
        progress.accept(line(part.name(), ran ? "runs" : "ready", begun, part.address()));
    }

    private void takeDown(Part part, Consumer<String> progress) {
        if (part.running()) {
            long begun = System.nanoTime();
            part.stop(progress);
            progress.accept(line(part.name(), "stopped", begun, ""));
        } else {
            part.stop(progress);
        }
    }

    private static String line(String name, String state, long begunNanos, String detail) {
        double seconds = (System.nanoTime() - begunNanos) / 1e9;
        return String.format(Locale.ROOT, "%-16s %-8s %5.1f s  %s", name, state, seconds, detail)
                .stripTrailing();
    }

    private static void write(Path file, String text) {
        try {
            DataDirectory.writePrivately(file, text);
        } catch (IOException e) {
            throw new StackException("can't write " + file + ": " + e, e);
        }
    }

    /** Runs all, each to its end; throws what went wrong, in one sentence where it was several things. */
    private static void together(List<Runnable> steps) {
        if (steps.isEmpty()) {
            return;
        }
        ExecutorService threads = Executors.newFixedThreadPool(steps.size());
        try {
            List<Future<?>> running = new ArrayList<>();
            steps.forEach(step -> running.add(threads.submit(step)));
            List<Throwable> failures = new ArrayList<>();
            for (Future<?> each : running) {
                try {
                    each.get();
                } catch (ExecutionException e) {
                    failures.add(e.getCause());
                }
            }
            if (!failures.isEmpty()) {
                throw joined(failures);
            }
        } catch (InterruptedException e) {
            threads.shutdownNow();
            awaitEnd(threads);
            Thread.currentThread().interrupt();
            throw new StackException("interrupted", e);
        } finally {
            threads.shutdownNow();
        }
    }

    /** Whoever takes the stack down after an interrupt must see all that was started before. */
    private static void awaitEnd(ExecutorService threads) {
        try {
            if (!threads.awaitTermination(STEPS_END_AT_MOST.toSeconds(), TimeUnit.SECONDS)) {
                throw new StackException("interrupted, but some step does not end");
            }
        } catch (InterruptedException e) {
            throw new StackException("interrupted twice", e);
        }
    }

    private static RuntimeException joined(List<Throwable> failures) {
        Throwable first = failures.get(0);
        if (failures.size() == 1 && first instanceof RuntimeException runtime) {
            return runtime;
        }
        StackException joined = new StackException(
                String.join(
                        "\n       ",
                        failures.stream()
                                .map(each -> each instanceof StackException || each instanceof FlinkException
                                        ? each.getMessage()
                                        : each.toString())
                                .toList()),
                first);
        failures.stream().skip(1).forEach(joined::addSuppressed);
        return joined;
    }

    private void exclusively(Runnable action) {
        oneAtATime.lock();
        try {
            data.create();
            try (FileChannel channel =
                    FileChannel.open(data.lock(), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
                requireLock(channel);
                action.run();
            }
        } catch (IOException e) {
            throw new StackException("can't use " + data.root() + ": " + e, e);
        } finally {
            oneAtATime.unlock();
        }
    }

    /** The lock ends with the channel. */
    private void requireLock(FileChannel channel) throws IOException {
        try {
            FileLock lock = channel.tryLock();
            if (lock != null) {
                return;
            }
        } catch (OverlappingFileLockException e) {
            throw busy(e);
        }
        throw busy(null);
    }

    private StackException busy(Throwable cause) {
        return new StackException("another up or down is at work in " + data.root() + "; wait until it is done", cause);
    }
}
