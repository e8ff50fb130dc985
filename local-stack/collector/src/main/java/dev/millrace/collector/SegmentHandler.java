package dev.millrace.collector;

import dev.millrace.core.event.Event;
import dev.millrace.core.event.EventType;
import dev.millrace.core.event.MalformedEventException;
import dev.millrace.core.event.SegmentJson;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.io.EofException;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The calls of the Segment HTTP API ({@code https://segment.com/docs/connections/sources/catalog/libraries/server/http-api/}),
 * by their long names and by the letters that the browser library uses.
 */
final class SegmentHandler extends Handler.Abstract {
    private static final Logger LOG = LoggerFactory.getLogger(SegmentHandler.class);

    /** Path to the type of the one event in the body; {@link #BATCH}: the body is a batch. */
    private static final Map<String, String> CALLS = new HashMap<>();

    private static final String BATCH = "";

    static {
        for (EventType type : EventType.values()) {
            CALLS.put("/v1/" + type.wireName(), type.wireName());
            CALLS.put("/v1/" + type.wireName().charAt(0), type.wireName());
        }
        CALLS.put("/v1/batch", BATCH);
        CALLS.put("/v1/import", BATCH);
    }

    private final EventSink sink;
    private final WriteKeys writeKeys;
    private final int maxBodyBytes;
    private final Clock clock;

    SegmentHandler(EventSink sink, WriteKeys writeKeys, int maxBodyBytes, Clock clock) {
        this.sink = sink;
        this.writeKeys = writeKeys;
        this.maxBodyBytes = maxBodyBytes;
        this.clock = clock;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        // Not on the thread that acknowledged, which is the Kafka client's only one.
        Executor executor = getServer().getThreadPool();
        accept(request).whenCompleteAsync((done, failure) -> answer(request, response, callback, failure), executor);
        return true;
    }

    private CompletableFuture<Void> accept(Request request) {
        try {
            String type = call(request);
            String authorization = request.getHeaders().get(HttpHeader.AUTHORIZATION);
            String source = authorization == null ? null : writeKeys.source(WriteKeys.ofHeader(authorization));
            return RequestBody.read(request, maxBodyBytes).thenCompose(body -> take(request, type, source, body));
        } catch (RefusedException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /** What the path asks for. */
    private static String call(Request request) throws RefusedException {
        String path = Request.getPathInContext(request);
        String type = CALLS.get(path.endsWith("/") ? path.substring(0, path.length() - 1) : path);
        if (type == null) {
            throw new RefusedException(
                    404,
                    "there is nothing at this path; POST to /v1/track, identify, page, screen, group, alias, batch"
                            + " or import");
        }
        if (!HttpMethod.POST.is(request.getMethod())) {
            throw new RefusedException(405, "the only method of this path is POST");
        }
        return type;
    }

    private CompletableFuture<Void> take(Request request, String type, String sourceOfHeader, byte[] body) {
        try {
            byte[] json = RequestBody.decode(request, body, maxBodyBytes);
            String source = sourceOfHeader != null ? sourceOfHeader : sourceOfBody(json);
            return sink.send(events(type, source, json));
        } catch (RefusedException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private String sourceOfBody(byte[] json) throws RefusedException {
        return writeKeys.source(WriteKeys.ofBody(json)
                .orElseThrow(() -> new RefusedException(
                        401,
                        "a write key is needed: as user name of Basic authorization, or as writeKey in the body")));
    }

    private List<Event> events(String type, String source, byte[] json) throws RefusedException {
        long receivedAt = clock.millis();
        try {
            if (type.equals(BATCH)) {
                SegmentJson.Batch batch = SegmentJson.readBatch(json);
                return batch.events().stream()
                        .map(event -> event.received(source, receivedAt, batch.sentAtMillis()))
                        .toList();
            }
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(json))
                    .toString();
            return List.of(SegmentJson.read(text, type).received(source, receivedAt, null));
        } catch (MalformedEventException e) {
            throw new RefusedException(400, e.getMessage(), e);
        } catch (CharacterCodingException e) {
            throw new RefusedException(400, "the text is not UTF-8", e);
        }
    }

    private static void answer(Request request, Response response, Callback callback, Throwable failure) {
        if (failure == null) {
            Answer.write(response, callback, 200, "{\"success\":true}");
            return;
        }
        Throwable reason = failure instanceof CompletionException ? failure.getCause() : failure;
        if (reason instanceof RefusedException refused) {
            switch (refused.status()) {
                case 401 -> response.getHeaders().put(HttpHeader.WWW_AUTHENTICATE, "Basic realm=\"write key\"");
                case 405 -> response.getHeaders().put(HttpHeader.ALLOW, "POST, OPTIONS");
                default -> {}
            }
            Answer.error(response, callback, refused.status(), refused.getMessage());
        } else if (reason instanceof EofException
                || !request.getConnectionMetaData()
                        .getConnection()
                        .getEndPoint()
                        .isOpen()) {
            callback.failed(reason); // the client is gone
        } else {
            LOG.error("a request failed in a way that it should not", reason);
            Answer.error(response, callback, 500, "the collector failed; its log says why");
        }
    }
}
