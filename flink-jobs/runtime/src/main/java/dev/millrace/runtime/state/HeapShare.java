package dev.millrace.runtime.state;

import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.runtime.execution.Environment;

/** How much of a TaskManager's heap an operator's cache may take. */
public final class HeapShare {
    /** Of the heap: the jobs' most in a slot are two caches, which is a quarter. */
    private static final int PART = 8;

    private HeapShare() {}

    /** Bytes for a cache of this task. */
    public static long bytes(Environment task) {
        int slots = task.getTaskManagerInfo().getConfiguration().get(TaskManagerOptions.NUM_TASK_SLOTS);
        return Runtime.getRuntime().maxMemory() / PART / Math.max(1, slots);
    }
}
