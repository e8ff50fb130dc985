package dev.millrace.stack.chaos;

import dev.millrace.stack.Await;
import dev.millrace.stack.LocalStack;
import dev.millrace.stack.StackException;
import dev.millrace.stack.flink.FlinkException;
import dev.millrace.stack.part.Part;
import dev.millrace.stack.part.TaskManager;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Does faults to a stack, and what an operator or supervisor does about each: starts again what died, resubmits jobs that are
 * gone from their newest snapshots. Flink does the rest.
 */
final class Injector {
    /** What a failed checkpoint has written is deleted, and makes room for another one. */
    private static final long FILLED_EVERY_MILLIS = 250;
    /** How long at most a disk stays full on which not every job has tried to make a checkpoint yet. */
    private static final Duration FULL_AT_MOST = Duration.ofSeconds(60);

    private static final Duration ASKED_AT_MOST = Duration.ofSeconds(30);

    private final LocalStack local;
    private final CheckpointDisk disk;
    private final Consumer<String> progress;

    Injector(LocalStack local, CheckpointDisk disk, Consumer<String> progress) {
        this.local = local;
        this.disk = disk;
        this.progress = progress;
    }

    /** The fault where it hits something: a TaskManager that jobs have left, for want of which nobody would fail, is left alone. */
    Fault aimed(Fault fault) {
        if (!fault.part().startsWith(TaskManager.PREFIX)) {
            return fault;
        }
        List<String> busy = new ArrayList<>();
        boolean known = Await.until(ASKED_AT_MOST, () -> {
            try {
                local.busyTaskManagers().forEach(part -> busy.add(part.name()));
                return true;
            } catch (FlinkException e) {
                return false;
            }
        });
        if (!known) {
            throw new StackException("the JobManager does not tell where jobs run");
        }
        return aimed(fault, busy);
    }

    static Fault aimed(Fault fault, List<String> busy) {
        return busy.isEmpty() || busy.contains(fault.part()) ? fault : fault.on(busy.get(0));
    }

    /**
     * Does it, and returns when everything that was ended is started; says when the fault itself was over, in nano time.
     *
     * @param effect of it, for which it is kept up
     */
    long inject(Fault fault, Effect effect) throws InterruptedException {
        return switch (fault.kind()) {
            case TM_KILL, KAFKA_KILL, REGISTRY_KILL, POSTGRES_KILL, COLLECTOR_KILL -> {
                Part part = local.part(fault.part());
                part.kill();
                long over = System.nanoTime();
                part.start();
                yield over;
            }
            case KAFKA_STOP -> {
                Part part = local.part(fault.part());
                part.stop(progress);
                long over = System.nanoTime();
                part.start();
                yield over;
            }
            case JM_KILL -> {
                local.part(fault.part()).kill();
                long over = System.nanoTime();
                local.up(line -> {});
                yield over;
            }
            case RESTART_ALL -> {
                local.parts().parallelStream().forEach(Part::kill);
                long over = System.nanoTime();
                local.up(line -> {});
                yield over;
            }
            case PAUSE -> pause(local.part(fault.part()), Duration.ofSeconds(fault.seconds()));
            case RESCALE -> {
                long begun = System.nanoTime();
                local.rescale(fault.parallelism(), line -> {});
                yield begun;
            }
            case CHECKPOINT_DISK_FULL -> fill(Duration.ofSeconds(fault.seconds()), effect);
        };
    }

    private boolean isMissing(Effect effect) {
        try {
            return effect.missing(local.pasts()).isPresent();
        } catch (FlinkException e) {
            return true; // The JobManager does not answer just now.
        }
    }

    private long fill(Duration atLeast, Effect effect) throws InterruptedException {
        long begun = System.nanoTime();
        try {
            do {
                disk.fill();
                Thread.sleep(FILLED_EVERY_MILLIS);
            } while (System.nanoTime() - begun < atLeast.toNanos()
                    || System.nanoTime() - begun < FULL_AT_MOST.toNanos() && isMissing(effect));
        } finally {
            disk.empty();
        }
        return System.nanoTime();
    }

    private static long pause(Part part, Duration duration) throws InterruptedException {
        part.pause();
        try {
            Thread.sleep(duration.toMillis());
        } finally {
            part.resume();
        }
        return System.nanoTime();
    }
}
