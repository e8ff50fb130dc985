package dev.millrace.stack.bench;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.stack.flink.JobManagerHttp;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Counters of a job's operators, in Flink's group {@code millrace}, as the REST interface tells them. */
final class JobCounters {
    private static final String GROUP = ".millrace.";

    private final JobManagerApi api;
    private final String job;
    private final Set<String> names;
    /** By the path of a vertex's metrics: those that are wanted. */
    private final Map<String, String> wanted = new LinkedHashMap<>();

    /** @param names as in {@code events_counted} */
    JobCounters(JobManagerApi api, String jobId, Set<String> names) {
        this.api = api;
        this.job = "/jobs/" + jobId;
        this.names = Set.copyOf(names);
    }

    /** Their sum over all operators and subtasks; less, or 0, while Flink has not fetched all. */
    long sum() {
        if (wanted.isEmpty()) {
            find();
        }
        long sum = 0;
        for (Map.Entry<String, String> vertex : wanted.entrySet()) {
            for (JsonNode metric : api.get(vertex.getKey() + "?agg=sum&get=" + vertex.getValue())) {
                sum += (long) metric.path("sum").asDouble();
            }
        }
        return sum;
    }

    /** Once each of the names is there somewhere, what is found is kept. */
    private void find() {
        Map<String, String> found = new LinkedHashMap<>();
        Set<String> missing = new TreeSet<>(names);
        for (JsonNode vertex : api.get(job).path("vertices")) {
            String path = job + "/vertices/" + vertex.path("id").asText() + "/subtasks/metrics";
            Set<String> ids = new TreeSet<>();
            for (JsonNode available : api.get(path)) {
                String id = available.path("id").asText();
                String name = counter(id);
                if (names.contains(name)) {
                    missing.remove(name);
                    ids.add(JobManagerHttp.encode(id));
                }
            }
            if (!ids.isEmpty()) {
                found.put(path, String.join(",", ids));
            }
        }
        if (missing.isEmpty()) {
            wanted.putAll(found);
        }
    }

    /** The name of a counter in Millrace's group; "" for what is none. */
    static String counter(String id) {
        int group = id.lastIndexOf(GROUP);
        return group < 0 ? "" : id.substring(group + GROUP.length());
    }
}
