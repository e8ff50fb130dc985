package dev.millrace.collector;

import java.util.Optional;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** GET /health: 200 while events can be written, else 503 and why not. Leaves other paths to the next handler. */
final class HealthHandler extends Handler.Abstract.NonBlocking {
    private final EventSink sink;

    HealthHandler(EventSink sink) {
        this.sink = sink;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        if (!Request.getPathInContext(request).equals("/health")) {
            return false;
        }
        if (!HttpMethod.GET.is(request.getMethod()) && !HttpMethod.HEAD.is(request.getMethod())) {
            response.getHeaders().put(HttpHeader.ALLOW, "GET, HEAD");
            Answer.error(response, callback, 405, "the only method of this path is GET");
            return true;
        }
        Optional<String> trouble = sink.trouble();
        if (trouble.isPresent()) {
            Answer.error(response, callback, 503, trouble.get());
        } else {
            Answer.write(response, callback, 200, "{\"success\":true}");
        }
        return true;
    }
}
