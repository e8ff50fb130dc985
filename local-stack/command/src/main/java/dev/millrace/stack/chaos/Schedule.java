package dev.millrace.stack.chaos;

import dev.millrace.stack.Job;
import dev.millrace.stack.part.TaskManager;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;

/**
 * The faults to come, without end: rounds of all kinds, each round in another order. The same seed, kinds and TaskManagers
 * give the same faults, however long each takes in the end; but of the TaskManagers, one is hit that does something (see
 * {@link Injector#aimed}).
 *
 * <p>A part's first pause is longer than Flink's heartbeat timeout, so that others take the part for dead; later ones are of
 * any length.
 */
final class Schedule implements Iterator<Fault> {
    /** Flink misses a process after ten seconds without a heartbeat. */
    static final int LEAST_LONG_PAUSE_SECONDS = 14;

    private static final int LEAST_PAUSE_SECONDS = 5;
    private static final int MOST_PAUSE_SECONDS = 20;
    private static final int LEAST_FULL_SECONDS = 12;
    private static final int MOST_FULL_SECONDS = 20;
    private static final double MOST_CALM_SECONDS = 4;
    private static final int MOST_PARALLELISM = 3;

    private final List<FaultKind> kinds;
    private final int taskManagers;
    private final Random random;
    private final Map<Job, Integer> parallelism = new EnumMap<>(Job.class);
    private final Queue<FaultKind> round = new ArrayDeque<>();
    private final List<String> pausedOnce = new ArrayList<>();
    private final Queue<String> toPause = new ArrayDeque<>();
    private int faults;

    /**
     * @param kinds none twice
     * @param initial parallelism of every job at the beginning
     */
    Schedule(long seed, List<FaultKind> kinds, int taskManagers, int initial) {
        this.kinds = List.copyOf(kinds);
        this.taskManagers = taskManagers;
        // The seeds that people choose are small, and Random's first numbers of such are alike.
        this.random = new Random(seed * 0x9E3779B97F4A7C15L);
        for (Job job : Job.values()) {
            parallelism.put(job, initial);
        }
        if (kinds.isEmpty()) {
            throw new IllegalArgumentException("there must be at least one kind of fault");
        }
    }

    @Override
    public boolean hasNext() {
        return true;
    }

    @Override
    public Fault next() {
        if (round.isEmpty()) {
            List<FaultKind> shuffled = new ArrayList<>(kinds);
            Collections.shuffle(shuffled, random);
            round.addAll(shuffled);
        }
        FaultKind kind = round.remove();
        double calm = Math.rint(10 * random.nextDouble() * MOST_CALM_SECONDS) / 10;
        faults++;
        return switch (kind) {
            case TM_KILL -> hit(kind, anyTaskManager(), 0, calm);
            case JM_KILL -> hit(kind, "jobmanager", 0, calm);
            case KAFKA_KILL, KAFKA_STOP -> hit(kind, "kafka", 0, calm);
            case REGISTRY_KILL -> hit(kind, "registry", 0, calm);
            case POSTGRES_KILL -> hit(kind, "postgres", 0, calm);
            case COLLECTOR_KILL -> hit(kind, "collector", 0, calm);
            case PAUSE -> pause(calm);
            case RESTART_ALL -> hit(kind, "", 0, calm);
            case RESCALE -> new Fault(faults, kind, "", 0, others(), calm);
            case CHECKPOINT_DISK_FULL -> hit(kind, "", between(LEAST_FULL_SECONDS, MOST_FULL_SECONDS), calm);
        };
    }

    private Fault hit(FaultKind kind, String part, int seconds, double calm) {
        return new Fault(faults, kind, part, seconds, Map.of(), calm);
    }

    /** A TaskManager first: that is the zombie that still has something to write. */
    private Fault pause(double calm) {
        if (toPause.isEmpty()) {
            List<String> others = new ArrayList<>(List.of("jobmanager", "postgres", "kafka"));
            Collections.shuffle(others, random);
            toPause.add(anyTaskManager());
            toPause.addAll(others);
        }
        String part = toPause.remove();
        boolean first = !pausedOnce.contains(part);
        pausedOnce.add(part);
        int seconds = between(first ? LEAST_LONG_PAUSE_SECONDS : LEAST_PAUSE_SECONDS, MOST_PAUSE_SECONDS);
        return hit(FaultKind.PAUSE, part, seconds, calm);
    }

    private String anyTaskManager() {
        return TaskManager.PREFIX + between(1, taskManagers);
    }

    /** Another parallelism for every job. */
    private Map<Job, Integer> others() {
        parallelism.replaceAll((job, now) -> 1 + (now - 1 + between(1, MOST_PARALLELISM - 1)) % MOST_PARALLELISM);
        return new EnumMap<>(parallelism);
    }

    private int between(int least, int most) {
        return least + random.nextInt(most - least + 1);
    }
}
