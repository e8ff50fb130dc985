package dev.millrace.stack.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.millrace.stack.StackException;
import dev.millrace.stack.flink.JobManagerHttp;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;

/** What only the bench asks a JobManager for. */
final class JobManagerApi {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final String url;
    private final JobManagerHttp http;

    /** @param url of the JobManager */
    JobManagerApi(String url) {
        this.url = url;
        this.http = new JobManagerHttp(url);
    }

    JsonNode get(String path) {
        return send(path, http.request(path).GET());
    }

    JsonNode post(String path, String json) {
        return send(
                path,
                http.request(path).header("Content-Type", "application/json").POST(BodyPublishers.ofString(json)));
    }

    private JsonNode send(String path, HttpRequest.Builder request) {
        try {
            HttpResponse<String> response = http.send(request.build());
            if (response.statusCode() / 100 != 2) {
                throw new StackException(url + path + " answers " + response.statusCode());
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
