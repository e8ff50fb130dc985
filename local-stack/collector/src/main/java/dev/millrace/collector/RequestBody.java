package dev.millrace.collector;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.zip.GZIPInputStream;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;

/** Reads a request's body without holding a thread, and inflates it; both up to a limit. */
final class RequestBody implements Runnable {
    /**
     * What is over the limit is read on and thrown away, up to this many times the limit: a client that is still
     * sending does not look at the answer, and would only see a broken connection.
     */
    private static final int DISCARDED_LIMITS = 16;

    private final Request request;
    private final int limitBytes;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final CompletableFuture<byte[]> result = new CompletableFuture<>();
    private long readBytes;

    private RequestBody(Request request, int limitBytes) {
        this.request = request;
        this.limitBytes = limitBytes;
    }

    /** The body as it came; fails with {@link RefusedException} where it is too large, else with the transport's error. */
    static CompletableFuture<byte[]> read(Request request, int limitBytes) {
        RequestBody body = new RequestBody(request, limitBytes);
        body.run();
        return body.result;
    }

    @Override
    public void run() {
        while (true) {
            Content.Chunk chunk = request.read();
            if (chunk == null) {
                request.demand(this);
                return;
            }
            if (Content.Chunk.isFailure(chunk)) {
                result.completeExceptionally(chunk.getFailure());
                return;
            }
            take(chunk.getByteBuffer());
            chunk.release();
            if (chunk.isLast() || readBytes > (long) limitBytes * DISCARDED_LIMITS) {
                finish();
                return;
            }
        }
    }

    private void take(ByteBuffer buffer) {
        readBytes += buffer.remaining();
        if (readBytes > limitBytes) {
            bytes.reset();
            return;
        }
        byte[] part = new byte[buffer.remaining()];
        buffer.get(part);
        bytes.writeBytes(part);
    }

    private void finish() {
        if (readBytes > limitBytes) {
            result.completeExceptionally(tooLarge(limitBytes));
        } else {
            result.complete(bytes.toByteArray());
        }
    }

    /** The body as it was before the client compressed it. */
    static byte[] decode(Request request, byte[] body, int limitBytes) throws RefusedException {
        String encoding = request.getHeaders().get(HttpHeader.CONTENT_ENCODING);
        if (encoding == null || encoding.equalsIgnoreCase("identity")) {
            return body;
        }
        if (!encoding.equalsIgnoreCase("gzip")) {
            throw new RefusedException(415, "Content-Encoding must be gzip or left out");
        }
        try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(body))) {
            byte[] inflated = in.readNBytes(limitBytes + 1);
            if (inflated.length > limitBytes) {
                throw tooLarge(limitBytes);
            }
            return inflated;
        } catch (IOException e) {
            throw new RefusedException(400, "the body is not gzip, though Content-Encoding says so", e);
        }
    }

    private static RefusedException tooLarge(int limitBytes) {
        return new RefusedException(
                413, "the body is larger than " + limitBytes + " bytes; send fewer events in a batch");
    }
}
