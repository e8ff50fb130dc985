package dev.millrace.stack.chaos;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** What can be done to a stack. */
enum FaultKind {
    TM_KILL("SIGKILL of a TaskManager, which is started again"),
    JM_KILL("SIGKILL of the JobManager, which is started again; its jobs go on from their newest checkpoints"),
    KAFKA_KILL("SIGKILL of the Kafka broker, which is started again"),
    KAFKA_STOP("SIGTERM of the Kafka broker, which is started again"),
    REGISTRY_KILL("SIGKILL of the schema registry, which is started again"),
    POSTGRES_KILL("SIGKILL of PostgreSQL's postmaster, which is started again once its backends are gone"),
    COLLECTOR_KILL("SIGKILL of the collector, which is started again"),
    PAUSE("SIGSTOP of a part with all its processes for seconds, then SIGCONT: a zombie comes back"),
    RESTART_ALL("SIGKILL of everything at once, then up again"),
    RESCALE("every job stopped with a savepoint, and resumed with another parallelism"),
    CHECKPOINT_DISK_FULL("no checkpoint can be written for seconds");

    private final String does;

    FaultKind(String does) {
        this.does = does;
    }

    /** As people type it: {@code tm-kill}. */
    String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** What it does, as a clause. */
    String does() {
        return does;
    }

    /** The kind of that label. */
    static FaultKind labelled(String label) {
        return Arrays.stream(values())
                .filter(kind -> kind.label().equals(label.strip().toLowerCase(Locale.ROOT)))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "there is no fault '" + label + "'; the faults are " + labels(List.of(values()))));
    }

    static String labels(List<FaultKind> kinds) {
        return kinds.stream().map(FaultKind::label).collect(Collectors.joining(", "));
    }
}
