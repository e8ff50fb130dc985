package dev.millrace.collector;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** Writes what the collector answers, always JSON: {@code success}, and where that is false, a sentence. */
final class Answer {
    private static final int UNAVAILABLE = 503;
    private static final String RETRY_AFTER_SECONDS = "2";

    private Answer() {}

    static void error(Response response, Callback callback, int status, String sentence) {
        if (status == UNAVAILABLE) {
            response.getHeaders().put(HttpHeader.RETRY_AFTER, RETRY_AFTER_SECONDS);
        }
        write(
                response,
                callback,
                status,
                "{\"success\":false,\"message\":\""
                        + new String(JsonStringEncoder.getInstance().quoteAsString(sentence)) + "\"}");
    }

    static void write(Response response, Callback callback, int status, String json) {
        response.setStatus(status);
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/json;charset=utf-8");
        Content.Sink.write(response, true, json, callback);
    }
}
