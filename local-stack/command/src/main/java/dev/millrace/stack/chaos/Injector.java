package dev.millrace.stack.chaos;

import dev.millrace.stack.LocalStack;
import dev.millrace.stack.part.Part;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * Does faults to a stack, and what an operator or supervisor does about each: starts again what died, resubmits jobs that are
 * gone from their newest snapshots. Flink does the rest.
 */
final class Injector {
    private final LocalStack local;
    private final CheckpointDisk disk;
    private final Consumer<String> progress;

    Injector(LocalStack local, CheckpointDisk disk, Consumer<String> progress) {
        this.local = local;
        this.disk = disk;
        this.progress = progress;
    }

    /** Does it, and returns when everything that was ended is started; says when the fault itself was over, in nano time. */
    long inject(Fault fault) throws InterruptedException {
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
            case CHECKPOINT_DISK_FULL -> {
                disk.fill();
                try {
                    Thread.sleep(Duration.ofSeconds(fault.seconds()).toMillis());
                } finally {
                    disk.empty();
                }
                yield System.nanoTime();
            }
        };
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
