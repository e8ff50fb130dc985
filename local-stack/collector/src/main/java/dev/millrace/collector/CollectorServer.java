package dev.millrace.collector;

import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.Set;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.CrossOriginHandler;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.server.handler.GracefulHandler;
import org.eclipse.jetty.server.handler.QoSHandler;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The HTTP server: what stands around the handlers, and its bounds. */
final class CollectorServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CollectorServer.class);

    /** Bounds memory: this many bodies at once. Others wait, and after {@link #MAX_WAIT} are answered with 503. */
    private static final int MAX_REQUESTS = 256;

    private static final int MAX_THREADS = 64;
    private static final Duration MAX_WAIT = Duration.ofSeconds(10);
    private static final Duration IDLE_TIMEOUT = Duration.ofSeconds(30);

    /** Longer than Kafka may take to acknowledge, see {@link KafkaEventSink}. */
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(20);

    private final Server server;
    private final ServerConnector connector;
    private final GracefulHandler graceful;

    CollectorServer(String host, int port, EventSink sink, WriteKeys writeKeys, int maxBodyBytes, Clock clock) {
        QueuedThreadPool threads = new QueuedThreadPool(MAX_THREADS);
        threads.setName("http");
        server = new Server(threads);
        HttpConfiguration http = new HttpConfiguration();
        http.setSendServerVersion(false);
        connector = new ServerConnector(server, new HttpConnectionFactory(http));
        connector.setHost(host);
        connector.setPort(port);
        connector.setIdleTimeout(IDLE_TIMEOUT.toMillis());
        server.addConnector(connector);

        QoSHandler bounded = new QoSHandler(new SegmentHandler(sink, writeKeys, maxBodyBytes, clock));
        bounded.setMaxRequestCount(MAX_REQUESTS);
        bounded.setMaxSuspend(MAX_WAIT);
        CrossOriginHandler crossOrigin = new CrossOriginHandler();
        crossOrigin.setAllowedOriginPatterns(Set.of("*"));
        crossOrigin.setAllowedMethods(Set.of("GET", "POST"));
        crossOrigin.setAllowedHeaders(Set.of("Authorization", "Content-Encoding", "Content-Type"));
        crossOrigin.setHandler(new Handler.Sequence(new HealthHandler(sink), bounded));
        graceful = new GracefulHandler(crossOrigin);
        server.setHandler(graceful);
        server.setErrorHandler((request, response, callback) -> {
            Object message = request.getAttribute(ErrorHandler.ERROR_MESSAGE);
            Answer.error(
                    response, callback, response.getStatus(), message == null ? "not possible" : message.toString());
            return true;
        });
        server.setStopTimeout(STOP_TIMEOUT.toMillis());
    }

    /** Binds the port; from then on requests are answered. */
    void start() throws IOException {
        try {
            server.start();
        } catch (IOException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException("the HTTP server can't start", e);
        }
    }

    /** The port that it listens on. */
    int port() {
        return connector.getLocalPort();
    }

    /** Takes no more requests, and waits for those under way for a bounded time. */
    @Override
    public void close() {
        LOG.info("stopping: waiting for {} requests", graceful.getCurrentRequestCount());
        try {
            server.stop();
        } catch (Exception e) {
            LOG.warn("some requests were not answered within {} s: {}", STOP_TIMEOUT.toSeconds(), e.toString());
        }
    }
}
