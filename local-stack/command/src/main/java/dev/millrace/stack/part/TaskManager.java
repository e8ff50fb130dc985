package dev.millrace.stack.part;

import dev.millrace.stack.Artefacts;
import dev.millrace.stack.DataDirectory;
import dev.millrace.stack.StackException;
import dev.millrace.stack.flink.FlinkConfiguration;
import dev.millrace.stack.flink.FlinkRest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** One of Flink's TaskManagers. Ready when the JobManager counts it among its own. */
public final class TaskManager implements Program {
    /** What names of TaskManagers start with; a number from 1 follows. */
    public static final String PREFIX = "taskmanager-";

    private static final String ID_FOLLOWS = "-";

    /**
     * What a job makes of an event is garbage at once, and what it keeps is kept for long: few collections of much. Left
     * alone on a busy machine, G1 makes the young generation ever smaller, for pauses that come of the machine. What has
     * outlived two collections is kept, and is not copied from one to the next up to fifteen times. State is all over the
     * heap: in large pages, what is not in the processor's caches is found sooner.
     */
    private static final List<String> COLLECTOR = List.of(
            "-XX:+UseG1GC",
            "-XX:+UnlockExperimentalVMOptions",
            "-XX:G1NewSizePercent=30",
            "-XX:MaxTenuringThreshold=1",
            "-XX:+UseTransparentHugePages");

    /**
     * State that changes has old objects refer to young ones all the time. To look at each such place as it comes up took a
     * twelfth of MeasureJob's JVM; the next collection looks at each once. Beyond 50,000 buffers of 2 KiB it is done as
     * they come, nevertheless.
     */
    private static final List<String> UNREFINED = List.of(
            "-XX:-G1UseAdaptiveConcRefinement",
            "-XX:G1ConcRefinementGreenZone=50000",
            "-XX:G1ConcRefinementYellowZone=75000",
            "-XX:G1ConcRefinementRedZone=100000");

    /** The first JDK whose G1 has no such zones any more. */
    private static final int WITHOUT_ZONES = 20;

    private final int number;
    private final DataDirectory data;
    private final FlinkProcess flink;
    private final FlinkRest rest;
    private final List<String> jvm;

    /** @param jvm options of its JVM, in addition to those that every TaskManager has */
    public TaskManager(
            int number,
            Artefacts artefacts,
            DataDirectory data,
            FlinkConfiguration configuration,
            FlinkRest rest,
            List<String> jvm) {
        this.number = number;
        this.data = data;
        this.flink = new FlinkProcess(artefacts, data, configuration);
        this.rest = rest;
        this.jvm = List.copyOf(jvm);
    }

    @Override
    public String name() {
        return PREFIX + number;
    }

    @Override
    public String address() {
        return "registers at the JobManager";
    }

    @Override
    public Map<String, Integer> ports() {
        return Map.of();
    }

    /** Takes a new id at every start: the JobManager may still count the one that was killed a second ago. */
    @Override
    public void prepare() throws IOException {
        flink.prepare();
        Files.writeString(
                idFile(), name() + ID_FOLLOWS + UUID.randomUUID().toString().substring(0, 8));
    }

    @Override
    public List<String> command() {
        List<String> options = new ArrayList<>(collector());
        options.addAll(jvm);
        return flink.command(
                name(),
                "GET_TM_RESOURCE_PARAMS",
                "org.apache.flink.runtime.taskexecutor.TaskManagerRunner",
                options,
                List.of("-D", "taskmanager.resource-id=" + id()));
    }

    /** Options of a JVM that make of its garbage collector what many events a second need. */
    public static List<String> collector() {
        List<String> options = new ArrayList<>(COLLECTOR);
        if (Runtime.version().feature() < WITHOUT_ZONES) {
            options.addAll(UNREFINED);
        }
        return options;
    }

    @Override
    public Map<String, String> environment() {
        return flink.environment();
    }

    @Override
    public boolean ready() {
        return Files.exists(idFile()) && rest.taskManagers().contains(id());
    }

    /** Whether an id is one that the TaskManager of that name took at some start. */
    public static boolean isOf(String name, String id) {
        return id.startsWith(name + ID_FOLLOWS);
    }

    private Path idFile() {
        return data.run().resolve(name() + ".id");
    }

    private String id() {
        try {
            return Files.readString(idFile()).strip();
        } catch (IOException e) {
            throw new StackException("can't read " + idFile() + ": " + e, e);
        }
    }
}
