package dev.millrace.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import dev.millrace.contract.AttributedEvent;
import dev.millrace.contract.CustomerEvent;
import dev.millrace.contract.StitchedRecord;
import dev.millrace.core.event.Event;
import dev.millrace.runtime.config.MillraceConfig.RegistryOptions;
import dev.millrace.runtime.kafka.AvroEncoder;
import dev.millrace.runtime.kafka.EventContract;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificRecord;
import org.junit.jupiter.api.Test;

class LimitJobTest {
    private static final int SCHEMA_ID = 7;
    private static final CustomerEvent EVENT = EventContract.toContract(new Event(
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
            null));

    @Test
    void flinksOwnReaderReadsWhatMillracesProducersWrite() throws IOException {
        assertThat(read(EVENT, CustomerEvent.class)).isEqualTo(EVENT);
    }

    @Test
    void flinksOwnReaderReadsWhatStitchJobWrites() throws IOException {
        Instant time = Instant.ofEpochMilli(1_000);
        StitchedRecord record = new StitchedRecord(
                "user_id:u-1", "p", time, 0, 2, new AttributedEvent("raw", 1, 2L, time, EVENT), null, time, time);

        assertThat(read(record, StitchedRecord.class)).isEqualTo(record);
    }

    private static <T extends SpecificRecord> T read(T record, Class<T> type) throws IOException {
        byte[] value = new AvroEncoder<T>(record.getSchema(), SCHEMA_ID).encode(record);
        HttpServer registry = registry(record.getSchema());
        try {
            return LimitJob.reader(
                            new RegistryOptions(
                                    "http://127.0.0.1:" + registry.getAddress().getPort(), Map.of(), false),
                            type)
                    .deserialize(value);
        } finally {
            registry.stop(0);
        }
    }

    /** Knows one schema by its id, whatever it is asked. */
    private static HttpServer registry(Schema schema) throws IOException {
        ObjectMapper json = new ObjectMapper();
        byte[] answer = json.writeValueAsBytes(json.createObjectNode().put("schema", schema.toString()));
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
