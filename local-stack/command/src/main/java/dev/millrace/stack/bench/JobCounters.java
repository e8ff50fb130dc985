package dev.millrace.stack.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.millrace.stack.StackException;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Counters of a job's operators, in Flink's group {@code millrace}, as the REST interface tells them. */
final class JobCounters {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration REQUEST_AT_MOST = Duration.ofSeconds(60);
    private static final String GROUP = ".millrace.";

    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();
    private final String job;
    private final Set<String> names;
    /** By the path of a vertex's metrics: those that are wanted. */
    private final Map<String, String> wanted = new LinkedHashMap<>();

    /**
     * @param url of the JobManager
     * @param names as in {@code events_counted}
     */
    JobCounters(String url, String jobId, Set<String> names) {
        this.job = url + "/jobs/" + jobId;
        this.names = Set.copyOf(names);
    }

    /** Their sum over all operators and subtasks; less, or 0, while Flink has not fetched all. */
    long sum() {
        if (wanted.isEmpty()) {
            find();
        }
        long sum = 0;
        for (Map.Entry<String, String> vertex : wanted.entrySet()) {
            for (JsonNode metric : get(vertex.getKey() + "?agg=sum&get=" + vertex.getValue())) {
                sum += (long) metric.path("sum").asDouble();
            }
        }
        return sum;
    }

    /** Once each of the names is there somewhere, what is found is kept. */
    private void find() {
        Map<String, String> found = new LinkedHashMap<>();
        Set<String> missing = new TreeSet<>(names);
        for (JsonNode vertex : get(job).path("vertices")) {
            String path = job + "/vertices/" + vertex.path("id").asText() + "/subtasks/metrics";
            Set<String> ids = new TreeSet<>();
            for (JsonNode available : get(path)) {
                String id = available.path("id").asText();
                String name = counter(id);
                if (names.contains(name)) {
                    missing.remove(name);
                    ids.add(URLEncoder.encode(id, StandardCharsets.UTF_8).replace("+", "%20"));
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

    private JsonNode get(String url) {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create(url)).timeout(REQUEST_AT_MOST).build();
        try {
            HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
            if (response.statusCode() != 200) {
                throw new StackException(url + " answers " + response.statusCode());
            }
            return JSON.readTree(response.body());
        } catch (IOException e) {
            throw new StackException("the JobManager does not answer: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StackException("interrupted", e);
        }
    }
}
