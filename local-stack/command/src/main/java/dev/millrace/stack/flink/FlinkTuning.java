package dev.millrace.stack.flink;

import java.util.List;
import java.util.Map;

/**
 * How a stack's cluster differs from others.
 *
 * @param configuration keys of Flink's {@code config.yaml}, over all else
 * @param taskManagerJvm options of the TaskManagers' JVMs
 */
public record FlinkTuning(Map<String, String> configuration, List<String> taskManagerJvm) {
    /** As others. */
    public static final FlinkTuning NONE = new FlinkTuning(Map.of(), List.of());

    public FlinkTuning {
        configuration = Map.copyOf(configuration);
        taskManagerJvm = List.copyOf(taskManagerJvm);
    }
}
