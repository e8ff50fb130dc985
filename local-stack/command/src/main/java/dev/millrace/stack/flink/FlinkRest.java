package dev.millrace.stack.flink;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.stack.Await;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;

/** A Flink cluster's REST interface, as far as the stack uses it. */
public final class FlinkRest {
    private static final ObjectMapper JSON = new ObjectMapper();
    /** What metrics of a source begin with; its name follows. */
    private static final String SOURCE = "Source__";

    private static final Set<String> ENDED = Set.of("FINISHED", "CANCELED", "FAILED");
    private static final Duration SAVEPOINT_AT_MOST = Duration.ofSeconds(120);

    private final String url;
    private final JobManagerHttp http;

    /** @param url as in {@code http://127.0.0.1:8081} */
    public FlinkRest(String url) {
        this.url = url;
        this.http = new JobManagerHttp(url);
    }

    /** Ids of the TaskManagers that are registered; none while there is no JobManager to ask. */
    public Set<String> taskManagers() {
        Set<String> ids = new TreeSet<>();
        try {
            for (JsonNode each : get("/taskmanagers").path("taskmanagers")) {
                ids.add(each.path("id").asText());
            }
        } catch (FlinkException e) {
            // Not up yet, or gone.
            return Set.of();
        }
        return ids;
    }

    /** Ids of the TaskManagers that tasks run in. */
    public Set<String> busyTaskManagers() {
        Set<String> ids = new TreeSet<>();
        for (JsonNode job : get("/jobs/overview").path("jobs")) {
            String path = "/jobs/" + job.path("jid").asText();
            if (ENDED.contains(job.path("state").asText())) {
                continue;
            }
            for (JsonNode vertex : get(path).path("vertices")) {
                String id = vertex.path("id").asText();
                for (JsonNode subtask : get(path + "/vertices/" + id).path("subtasks")) {
                    if (subtask.path("status").asText().equals("RUNNING")) {
                        ids.add(subtask.path("taskmanager-id").asText());
                    }
                }
            }
        }
        return ids;
    }

    /** Slots of all TaskManagers that some job holds, be it one of a JobManager that is gone. */
    public int takenSlots() {
        JsonNode overview = get("/overview");
        return overview.path("slots-total").asInt()
                - overview.path("slots-available").asInt();
    }

    /** Id of the job of that name that has not ended, if there is one. */
    public Optional<String> liveJob(String name) {
        for (JsonNode job : get("/jobs/overview").path("jobs")) {
            if (job.path("name").asText().equals(name)
                    && !ENDED.contains(job.path("state").asText())) {
                return Optional.of(job.path("jid").asText());
            }
        }
        return Optional.empty();
    }

    /** How the jobs do: of each name the one that lives, or else the one that was there last. */
    public List<JobStatus> jobs() {
        Map<String, JsonNode> newest = new TreeMap<>();
        for (JsonNode job : get("/jobs/overview").path("jobs")) {
            newest.merge(
                    job.path("name").asText(),
                    job,
                    (one, other) -> one.path("start-time").asLong()
                                    >= other.path("start-time").asLong()
                            ? one
                            : other);
        }
        List<JobStatus> jobs = new ArrayList<>();
        for (JsonNode job : newest.values()) {
            jobs.add(status(job.path("jid").asText()));
        }
        return jobs;
    }

    /** How one job does. */
    public JobStatus status(String jobId) {
        JsonNode job = get("/jobs/" + jobId);
        String state = state(job);
        Sources sources = ENDED.contains(state) ? Sources.NONE : sources(jobId, job);
        return new JobStatus(
                jobId,
                job.path("name").asText(),
                state,
                restarts(jobId),
                sources.recordsPerSecond(),
                sources.pendingRecords(),
                lastCheckpoint(jobId));
    }

    /** What happened to the jobs that have not ended. */
    public List<JobPast> pasts() {
        List<JobPast> pasts = new ArrayList<>();
        for (JsonNode job : get("/jobs/overview").path("jobs")) {
            if (ENDED.contains(job.path("state").asText())) {
                continue;
            }
            String id = job.path("jid").asText();
            JsonNode failure = get("/jobs/" + id + "/exceptions?maxExceptions=1")
                    .path("exceptionHistory")
                    .path("entries")
                    .path(0);
            JsonNode checkpoints = get("/jobs/" + id + "/checkpoints").path("latest");
            pasts.add(new JobPast(
                    job.path("name").asText(),
                    millis(failure.path("timestamp")),
                    millis(checkpoints.path("failed").path("failure_timestamp")),
                    millis(checkpoints.path("completed").path("trigger_timestamp"))));
        }
        return pasts;
    }

    private static OptionalLong millis(JsonNode number) {
        return number.isNumber() ? OptionalLong.of(number.asLong()) : OptionalLong.empty();
    }

    /** A job's state; {@code STARTING} where it runs in name, but not yet with all its tasks. */
    public String state(String jobId) {
        return state(get("/jobs/" + jobId));
    }

    private static String state(JsonNode job) {
        String state = job.path("state").asText();
        if (!state.equals("RUNNING")) {
            return state;
        }
        for (JsonNode vertex : job.path("vertices")) {
            String status = vertex.path("status").asText();
            if (!status.equals("RUNNING") && !status.equals("FINISHED")) {
                return "STARTING";
            }
        }
        return state;
    }

    /** Why a job failed last: the root cause in Flink's words, if there was a failure. */
    public Optional<String> lastFailure(String jobId) {
        JsonNode exceptions = get("/jobs/" + jobId + "/exceptions?maxExceptions=1");
        JsonNode newest =
                exceptions.path("exceptionHistory").path("entries").path(0).path("stacktrace");
        return newest.isTextual() ? Optional.of(RootCause.of(newest.asText())) : Optional.empty();
    }

    /**
     * Starts a job.
     *
     * @param arguments of its {@code main}
     * @param snapshot metadata or directory of the savepoint or checkpoint to go on from
     * @param claim whether the snapshot is the job's from now on, to be deleted once it has newer ones
     * @return the job's id
     */
    public String run(Path jar, int parallelism, List<String> arguments, Optional<Path> snapshot, boolean claim) {
        ObjectNode request = JSON.createObjectNode();
        if (snapshot.isPresent()) {
            request.put("savepointPath", FlinkPath.of(snapshot.get()));
            request.put("claimMode", claim ? "CLAIM" : "NO_CLAIM");
        }
        return run(jar, parallelism, arguments, request);
    }

    /** Starts a job from the beginning, with the {@code main} of that class, and returns the job's id. */
    public String run(Path jar, String entryClass, int parallelism, List<String> arguments) {
        return run(jar, parallelism, arguments, JSON.createObjectNode().put("entryClass", entryClass));
    }

    private String run(Path jar, int parallelism, List<String> arguments, ObjectNode request) {
        request.put("parallelism", parallelism);
        arguments.forEach(request.putArray("programArgsList")::add);
        String jarId = upload(jar);
        try {
            return post("/jars/" + JobManagerHttp.encode(jarId) + "/run", request)
                    .path("jobid")
                    .asText();
        } finally {
            // The job has its own copy.
            send(http.request("/jars/" + JobManagerHttp.encode(jarId)).DELETE().build());
        }
    }

    private String upload(Path jar) {
        String boundary = "millrace-" + UUID.randomUUID();
        String head = "--" + boundary + "\r\nContent-Disposition: form-data; name=\"jarfile\"; filename=\""
                + jar.getFileName() + "\"\r\nContent-Type: application/java-archive\r\n\r\n";
        String tail = "\r\n--" + boundary + "--\r\n";
        try {
            BodyPublisher body = BodyPublishers.concat(
                    BodyPublishers.ofString(head), BodyPublishers.ofFile(jar), BodyPublishers.ofString(tail));
            String stored = send(http.request("/jars/upload")
                            .header("Content-Type", "multipart/form-data; boundary=" + boundary)
                            .POST(body)
                            .build())
                    .path("filename")
                    .asText();
            return stored.substring(stored.lastIndexOf('/') + 1);
        } catch (FileNotFoundException e) {
            throw new FlinkException("can't read " + jar, e);
        }
    }

    /** Takes a savepoint of a running job and returns where it is. */
    public String savepoint(String jobId, Path directory) {
        ObjectNode request = JSON.createObjectNode();
        request.put("target-directory", FlinkPath.of(directory));
        request.put("cancel-job", false);
        return awaitSavepoint(jobId, post("/jobs/" + jobId + "/savepoints", request));
    }

    /** Ends a running job with a savepoint and returns where that is; the job's sinks have committed everything. */
    public String stopWithSavepoint(String jobId, Path directory) {
        ObjectNode request = JSON.createObjectNode();
        request.put("targetDirectory", FlinkPath.of(directory));
        request.put("drain", false);
        return awaitSavepoint(jobId, post("/jobs/" + jobId + "/stop", request));
    }

    private String awaitSavepoint(String jobId, JsonNode triggered) {
        String path =
                "/jobs/" + jobId + "/savepoints/" + triggered.path("request-id").asText();
        JsonNode[] answer = new JsonNode[1];
        boolean completed = Await.until(SAVEPOINT_AT_MOST, () -> {
            answer[0] = get(path);
            return answer[0].path("status").path("id").asText().equals("COMPLETED");
        });
        if (!completed) {
            throw new FlinkException("no savepoint after " + SAVEPOINT_AT_MOST.toSeconds() + " s");
        }
        JsonNode operation = answer[0].path("operation");
        if (operation.has("failure-cause")) {
            throw new FlinkException(RootCause.of(
                    operation.path("failure-cause").path("stack-trace").asText()));
        }
        return operation.path("location").asText();
    }

    /** Ends a job at once; its retained checkpoints stay. */
    public void cancel(String jobId) {
        send(http.request("/jobs/" + jobId + "?mode=cancel")
                .method("PATCH", BodyPublishers.noBody())
                .build());
    }

    /** Whether a job has ended, for whatever reason; true too for one that the cluster does not know. */
    public boolean hasEnded(String jobId) {
        for (JsonNode job : get("/jobs/overview").path("jobs")) {
            if (job.path("jid").asText().equals(jobId)) {
                return ENDED.contains(job.path("state").asText());
            }
        }
        return true;
    }

    private OptionalLong restarts(String jobId) {
        for (JsonNode metric : get("/jobs/" + jobId + "/metrics?get=numRestarts")) {
            return OptionalLong.of((long) metric.path("value").asDouble());
        }
        return OptionalLong.empty();
    }

    private Optional<JobStatus.Checkpoint> lastCheckpoint(String jobId) {
        JsonNode last = get("/jobs/" + jobId + "/checkpoints").path("latest").path("completed");
        if (!last.isObject()) {
            return Optional.empty();
        }
        return Optional.of(new JobStatus.Checkpoint(
                last.path("id").asLong(),
                last.path("latest_ack_timestamp").asLong(),
                last.path("end_to_end_duration").asLong(),
                last.path("state_size").asLong(),
                last.path("external_path").asText()));
    }

    private record Sources(OptionalDouble recordsPerSecond, OptionalLong pendingRecords) {
        static final Sources NONE = new Sources(OptionalDouble.empty(), OptionalLong.empty());
    }

    /** Sums over the sources; Flink fetches metrics only when asked, so that the first answer may be empty. */
    private Sources sources(String jobId, JsonNode job) {
        Sources sum = Sources.NONE;
        for (JsonNode vertex : job.path("vertices")) {
            String path = "/jobs/" + jobId + "/vertices/" + vertex.path("id").asText() + "/subtasks/metrics";
            String wanted = sourceMetrics(get(path));
            if (wanted.isEmpty()) {
                continue;
            }
            for (JsonNode metric : get(path + "?agg=sum&get=" + JobManagerHttp.encode(wanted))) {
                double value = metric.path("sum").asDouble();
                sum = metric.path("id").asText().endsWith(".pendingRecords")
                        ? new Sources(
                                sum.recordsPerSecond(),
                                OptionalLong.of(sum.pendingRecords().orElse(0) + (long) value))
                        : new Sources(
                                OptionalDouble.of(sum.recordsPerSecond().orElse(0) + value), sum.pendingRecords());
            }
        }
        return sum;
    }

    /**
     * A metric of a job's sources, each summed over its subtasks, by the source's name with underscores for what is not
     * a letter or digit. Flink fetches metrics only when asked, so that the first answer may lack some.
     *
     * @param metric as in {@code numRecordsIn}
     */
    public Map<String, Long> sourceMetric(String jobId, String metric) {
        String suffix = "." + metric;
        Map<String, Long> sums = new TreeMap<>();
        for (JsonNode vertex : get("/jobs/" + jobId).path("vertices")) {
            if (!vertex.path("name").asText().contains("Source: ")) {
                continue;
            }
            String path = "/jobs/" + jobId + "/vertices/" + vertex.path("id").asText() + "/subtasks/metrics";
            List<String> wanted = new ArrayList<>();
            for (JsonNode available : get(path)) {
                String id = available.path("id").asText();
                if (id.startsWith(SOURCE) && id.endsWith(suffix) && id.indexOf('.') == id.length() - suffix.length()) {
                    wanted.add(id);
                }
            }
            if (wanted.isEmpty()) {
                continue;
            }
            for (JsonNode sum : get(path + "?agg=sum&get=" + JobManagerHttp.encode(String.join(",", wanted)))) {
                String id = sum.path("id").asText();
                sums.put(id.substring(SOURCE.length(), id.length() - suffix.length()), (long)
                        sum.path("sum").asDouble());
            }
        }
        return sums;
    }

    private static String sourceMetrics(JsonNode available) {
        List<String> wanted = new ArrayList<>();
        for (JsonNode metric : available) {
            String id = metric.path("id").asText();
            if (id.startsWith(SOURCE) && (id.endsWith(".pendingRecords") || id.endsWith(".numRecordsInPerSecond"))) {
                wanted.add(id);
            }
        }
        return String.join(",", wanted);
    }

    private JsonNode get(String path) {
        return send(http.request(path).GET().build());
    }

    private JsonNode post(String path, ObjectNode body) {
        return send(http.request(path)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body.toString()))
                .build());
    }

    private JsonNode send(HttpRequest request) {
        String text;
        int status;
        try {
            HttpResponse<String> response = http.send(request);
            text = response.body();
            status = response.statusCode();
        } catch (IOException e) {
            throw new FlinkException("the JobManager at " + url + " does not answer (" + e + ")", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new FlinkException("interrupted", e);
        }
        try {
            JsonNode answer = text.isBlank() ? JSON.createObjectNode() : JSON.readTree(text);
            if (status / 100 != 2) {
                List<String> errors = new ArrayList<>();
                answer.path("errors").forEach(error -> errors.add(error.asText()));
                throw new FlinkException(
                        errors.isEmpty() ? "HTTP " + status : RootCause.of(errors.get(errors.size() - 1)));
            }
            return answer;
        } catch (JsonProcessingException e) {
            throw new FlinkException(request.uri() + " answered " + status + " with what is no JSON", e);
        }
    }
}
