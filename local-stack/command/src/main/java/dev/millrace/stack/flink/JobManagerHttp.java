package dev.millrace.stack.flink;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** HTTP with a JobManager, within bounds of time. What an answer or its absence means is for the caller to say. */
public final class JobManagerHttp {
    private static final Duration CONNECT_AT_MOST = Duration.ofSeconds(5);
    private static final Duration REQUEST_AT_MOST = Duration.ofSeconds(60);

    private final String url;
    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT_AT_MOST)
            .build();

    /** @param url as in {@code http://127.0.0.1:8081} */
    public JobManagerHttp(String url) {
        this.url = url;
    }

    /** @param path what follows the URL, as in {@code /jobs/overview} */
    public HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(url + path)).timeout(REQUEST_AT_MOST);
    }

    /** The answer, whatever its status. */
    public HttpResponse<String> send(HttpRequest request) throws IOException, InterruptedException {
        return client.send(request, HttpResponse.BodyHandlers.ofString());
    }

    /** A text as a part of a path or of a query. */
    public static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
