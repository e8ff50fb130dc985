package dev.millrace.stack.chaos;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.millrace.stack.DataDirectory;
import dev.millrace.stack.LocalStack;
import dev.millrace.stack.Ports;
import dev.millrace.stack.StackException;
import dev.millrace.stack.StackOptions;
import dev.millrace.stack.flink.FlinkTuning;
import dev.millrace.stack.part.Part;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** A stack to be broken: its own directory and free ports, configured as on a laptop but for more frequent checkpoints. */
final class ChaosStack implements AutoCloseable {
    private static final YAMLMapper YAML = new YAMLMapper();
    /** Room for all jobs at their highest parallelism on one TaskManager, while another is away. */
    private static final int SLOTS = 9;

    private static final String CHECKPOINT_INTERVAL = "5s";
    private static final FlinkTuning TUNING = new FlinkTuning(
            Map.of(
                    "taskmanager.memory.process.size", "1600m",
                    // Every TaskManager has a part of every job: whichever is hit, each job is.
                    "taskmanager.load-balance.mode", "SLOTS"),
            List.of());

    private final LocalStack local;
    private final DataDirectory data;
    private final CheckpointDisk disk;
    private final Consumer<String> progress;
    private boolean kept;

    private ChaosStack(LocalStack local, CheckpointDisk disk, Consumer<String> progress) {
        this.local = local;
        this.data = new DataDirectory(local.options().data());
        this.disk = disk;
        this.progress = progress;
    }

    /**
     * Brings it up.
     *
     * @param parent where the stack's directory is made
     */
    static ChaosStack up(Path root, Path parent, int taskManagers, Consumer<String> progress) {
        try {
            Files.createDirectories(parent);
            Path directory = Files.createTempDirectory(parent, "millrace-chaos-");
            StackOptions options = StackOptions.of(root, directory)
                    .withPorts(Ports.free())
                    .withTaskManagers(taskManagers, SLOTS)
                    .withTuning(TUNING);
            Path configuration = directory.resolve("chaos.yaml");
            ObjectNode tree = (ObjectNode) YAML.readTree(Files.readString(options.configuration()));
            tree.withObjectProperty("flink").put("checkpoint_interval", CHECKPOINT_INTERVAL);
            Files.writeString(configuration, YAML.writeValueAsString(tree));
            LocalStack local = new LocalStack(options.withConfiguration(configuration));
            CheckpointDisk disk = CheckpointDisk.of(new DataDirectory(directory));
            ChaosStack stack = new ChaosStack(local, disk, progress);
            try {
                local.up(progress);
            } catch (RuntimeException e) {
                Thread.interrupted(); // The end must not be interrupted again.
                stack.keep();
                stack.close();
                throw e;
            }
            return stack;
        } catch (IOException e) {
            throw new StackException("can't make a stack in " + parent + ": " + e.getMessage(), e);
        }
    }

    LocalStack local() {
        return local;
    }

    DataDirectory data() {
        return data;
    }

    CheckpointDisk disk() {
        return disk;
    }

    /** Something is wrong: what it stored stays for a look. */
    void keep() {
        kept = true;
    }

    /** Ends it, and deletes what it wrote unless that is kept. */
    @Override
    public void close() {
        // Whoever was interrupted ends it all the same: files can't be locked by one who is.
        boolean interrupted = Thread.interrupted();
        try {
            end();
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void end() {
        local.parts().forEach(Part::resume);
        local.down(line -> {});
        if (kept) {
            progress.accept("the stack's data and logs stay in " + data.root());
            disk.close();
            return;
        }
        disk.close();
        try {
            Files.deleteIfExists(data.root().resolve("chaos.yaml"));
            DataDirectory.delete(data.root().resolve("ledger"));
            DataDirectory.delete(data.root().resolve("verify"));
        } catch (IOException e) {
            throw new StackException("can't delete what is in " + data.root() + ": " + e.getMessage(), e);
        }
        local.wipe();
    }
}
