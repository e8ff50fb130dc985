package dev.millrace.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import dev.millrace.contract.CustomerEvent;
import dev.millrace.core.event.Event;
import dev.millrace.runtime.config.MillraceConfig.RegistryOptions;
import dev.millrace.runtime.kafka.AvroEncoder;
import dev.millrace.runtime.kafka.EventContract;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.junit.jupiter.api.Test;

class LimitJobTest {
    private static final int SCHEMA_ID = 7;

    @Test
    void flinksOwnReaderReadsWhatMillracesProducersWrite() throws IOException {
        Event event = new Event(
                "m-1",
                "track",
                "Product Viewed",
                "u-1",
                "a-1",
                null,
                null,
                "web",
                1_000L,
                2_000L,
                3_000L,
                "{\"price\":1}",
                null,
                "{}",
                null);
        CustomerEvent contract = EventContract.toContract(event);
        byte[] value = new AvroEncoder<CustomerEvent>(CustomerEvent.getClassSchema(), SCHEMA_ID).encode(contract);
        HttpServer registry = registry();
        try {
            DeserializationSchema<CustomerEvent> reader = LimitJob.reader(new RegistryOptions(
                    "http://127.0.0.1:" + registry.getAddress().getPort(), Map.of(), false));

            assertThat(reader.deserialize(value)).isEqualTo(contract);
        } finally {
            registry.stop(0);
        }
    }

    /** Knows one schema by its id, whatever it is asked. */
    private static HttpServer registry() throws IOException {
        ObjectMapper json = new ObjectMapper();
        byte[] answer = json.writeValueAsBytes(json.createObjectNode()
                .put("schema", CustomerEvent.getClassSchema().toString()));
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/schemas/ids/" + SCHEMA_ID, exchange -> {
            exchange.sendResponseHeaders(200, answer.length);
            exchange.getResponseBody().write(answer);
            exchange.close();
        });
        server.start();
        return server;
    }
}
