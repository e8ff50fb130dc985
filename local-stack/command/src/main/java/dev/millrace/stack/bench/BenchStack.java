package dev.millrace.stack.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.millrace.runtime.config.ConfigFile;
import dev.millrace.runtime.config.MillraceConfig;
import dev.millrace.stack.DataDirectory;
import dev.millrace.stack.LocalStack;
import dev.millrace.stack.Ports;
import dev.millrace.stack.StackException;
import dev.millrace.stack.StackOptions;
import dev.millrace.stack.flink.FlinkException;
import dev.millrace.stack.flink.FlinkTuning;
import dev.millrace.stack.flink.JobStatus;
import dev.millrace.stack.part.TaskManager;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * A stack for measuring: its own directory and free ports, none of the usual jobs, one TaskManager with memory for
 * millions of identifiers. Ends with this process too; what it wrote is deleted, but for the logs where it failed.
 */
final class BenchStack implements AutoCloseable {
    private static final YAMLMapper YAML = new YAMLMapper();
    private static final String TASK_MANAGER = TaskManager.PREFIX + 1;

    private static final int COMPILERS = Math.max(6, Runtime.getRuntime().availableProcessors());

    /** Of every JVM that is measured. */
    static final List<String> JVM = List.of(
            // The first touch of memory is slow, and would be measured.
            "-XX:+AlwaysPreTouch",
            // By default one thread compiles what is hot, and beside dozens of busy ones it takes minutes.
            "-XX:CICompilerCount=" + COMPILERS);

    private volatile LocalStack local;
    private final DataDirectory data;
    private final BenchOptions options;
    private final Consumer<String> progress;
    private final Thread owner = Thread.currentThread();
    private final Thread hook = new Thread(this::endWithThisProcess, "end of the bench");
    private final AtomicBoolean ended = new AtomicBoolean();
    private final Set<ProcessHandle> others = ConcurrentHashMap.newKeySet();
    private volatile boolean successful;

    private BenchStack(LocalStack local, BenchOptions options, Consumer<String> progress) {
        this.local = local;
        this.data = new DataDirectory(local.options().data());
        this.options = options;
        this.progress = progress;
    }

    /** @param parent where the stack's directory is made */
    static BenchStack up(Path root, Path parent, BenchOptions options, Consumer<String> progress) {
        Path directory;
        try {
            Files.createDirectories(parent);
            directory = Files.createTempDirectory(parent, "millrace-bench-");
        } catch (IOException e) {
            throw new StackException("can't make a directory in " + parent + ": " + e.getMessage(), e);
        }
        LocalStack local = new LocalStack(StackOptions.of(root, directory)
                .withPorts(Ports.free())
                .withJobs(List.of())
                .withTaskManagers(1, options.parallelism())
                .withTuning(tuning(options)));
        BenchStack stack = new BenchStack(local, options, progress);
        Runtime.getRuntime().addShutdownHook(stack.hook);
        try {
            local.up(line -> {});
            local.part("keeper").stop(progress);
            local.part("collector").stop(progress);
        } catch (RuntimeException e) {
            stack.close();
            throw e;
        }
        return stack;
    }

    private static FlinkTuning tuning(BenchOptions options) {
        return new FlinkTuning(
                Map.of(
                        "taskmanager.memory.process.size", options.taskManagerMemory(),
                        "taskmanager.memory.managed.size", options.managedMemory(),
                        "taskmanager.memory.network.max", "256m",
                        // The planner of Flink SQL, and what each run of it leaves.
                        "jobmanager.memory.process.size", "2g",
                        "jobmanager.memory.jvm-metaspace.size", "1g",
                        "taskmanager.memory.jvm-metaspace.size", "512m",
                        // How exact a look at a job's progress is.
                        "metrics.fetcher.update-interval", "500 ms",
                        // A pause of a large heap is no failure here.
                        "heartbeat.timeout", "60 s"),
                JVM);
    }

    LocalStack local() {
        return local;
    }

    DataDirectory data() {
        return data;
    }

    /** Writes the configuration that a contender runs with. */
    Path config(Contender contender) {
        Path file = data.conf().resolve("bench-" + contender.name() + ".yaml");
        try {
            ObjectNode tree = (ObjectNode) YAML.readTree(Files.readString(data.config()));
            put(tree, "flink.checkpoint_interval", options.checkpointInterval());
            contender.config().forEach((key, value) -> put(tree, key, value));
            DataDirectory.writePrivately(file, YAML.writeValueAsString(tree));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return file;
    }

    /** The configuration that a contender runs with, as this process reads it. */
    MillraceConfig load(Contender contender) {
        String password = data.password();
        return ConfigFile.load(
                config(contender), name -> name.equals("MILLRACE_STORE_PASSWORD") ? password : System.getenv(name));
    }

    /**
     * Sees to it that the TaskManager runs and has the slots of so many jobs, no more: they share its memory, and what a slot
     * without a job has is of no use to others. Starts it anew where it must.
     */
    void makeRoom(int jobs, int parallelism) {
        int slots = jobs * parallelism;
        if (local.options().slots() != slots) {
            local.part(TASK_MANAGER).stop(progress);
            local = new LocalStack(local.options().withTaskManagers(1, slots));
        }
        local.part(TASK_MANAGER).start();
    }

    /** Starts a TaskManager in place of one that may no longer be of use. */
    void renewTaskManager() {
        local.part(TASK_MANAGER).stop(progress);
        local.part(TASK_MANAGER).start();
    }

    /** A process that is not one of the stack's parts, but ends with it. */
    void alsoEnd(ProcessHandle process) {
        others.add(process);
    }

    JobManagerApi jobManager() {
        return new JobManagerApi(local.part("jobmanager").address());
    }

    /** Watches what jobs on the cluster use. */
    UsageWatch watch() {
        return new UsageWatch(
                process(TASK_MANAGER), List.of(process("jobmanager")), process("kafka"), process("postgres"));
    }

    /** Watches what a process beside the cluster uses. */
    UsageWatch watch(ProcessHandle worker) {
        return new UsageWatch(worker, List.of(), process("kafka"), process("postgres"));
    }

    private ProcessHandle process(String part) {
        return local.part(part).process().orElseThrow(() -> new StackException(part + " does not run"));
    }

    /**
     * When a statement of the peer's last ended, by PostgreSQL's clock in microseconds; 0: none ever did. It shows at once,
     * other than {@link #rowsTaken}.
     */
    long lastWriteMicros() {
        return number(
                """
                select coalesce(max((extract(epoch from state_change) * 1000000)::bigint), 0)
                from pg_stat_activity
                where pid <> pg_backend_pid() and query ilike any (array['insert into%peer\\_%', 'delete from%peer\\_%'])
                """);
    }

    /** Rows that the tables that are there have taken, inserted, updated or deleted; it may tell of them ten seconds late. */
    long rowsTaken() {
        return number("select coalesce(sum(n_tup_ins + n_tup_upd + n_tup_del), 0) from pg_stat_user_tables");
    }

    private long number(String query) {
        try (Connection connection = local.store();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            row.next();
            return row.getLong(1);
        } catch (SQLException e) {
            throw new StackException("PostgreSQL does not tell what it has taken: " + e.getMessage(), e);
        }
    }

    /** Empties the serving store; tables are made by the setup that comes next. */
    void dropTables() {
        try (Connection connection = local.store();
                Statement statement = connection.createStatement()) {
            statement.execute("drop schema public cascade");
            statement.execute("create schema public");
            // What was written before is not to be written to disk while something else is measured.
            statement.execute("checkpoint");
        } catch (SQLException e) {
            throw new StackException("can't empty the serving store: " + e.getMessage(), e);
        }
    }

    /** @param value in YAML */
    static void put(ObjectNode tree, String key, String value) {
        String[] names = key.split("\\.");
        ObjectNode section = tree;
        for (int i = 0; i < names.length - 1; i++) {
            section = section.withObjectProperty(names[i]);
        }
        try {
            section.set(names[names.length - 1], YAML.readTree(value));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(key + ": " + value + " is no YAML", e);
        }
    }

    /** All went well: nothing of it is worth keeping. */
    void succeeded() {
        successful = true;
    }

    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            return; // The process is ending; the hook ends the stack.
        }
        end();
    }

    private void endWithThisProcess() {
        progress.accept("ending the bench");
        owner.interrupt();
        end();
    }

    private void end() {
        if (!ended.compareAndSet(false, true)) {
            return;
        }
        others.forEach(ProcessHandle::destroyForcibly);
        cancelJobs();
        local.down(line -> {});
        if (!successful) {
            Path kept = data.root().resolveSibling(data.root().getFileName() + ".logs");
            try {
                Files.move(data.logs(), kept);
                progress.accept("the logs are in " + kept);
            } catch (IOException e) {
                progress.accept("can't keep the logs: " + e);
            }
        }
        local.wipe();
    }

    /** Nobody goes on from here: no job needs the savepoint that ends it elsewhere. */
    private void cancelJobs() {
        try {
            for (JobStatus job : local.flink().jobs()) {
                if (!local.flink().hasEnded(job.id())) {
                    local.flink().cancel(job.id());
                }
            }
        } catch (FlinkException e) {
            progress.accept("no job is cancelled: " + e.getMessage());
        }
    }
}
