package dev.millrace.runtime.kafka;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.millrace.runtime.config.MillraceConfig.RegistryOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;

/** What the tests need of a Confluent-compatible schema registry, over HTTP on a port of its own. */
final class FakeRegistry implements AutoCloseable {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private static final int NOT_FOUND = 40401;
    private static final int SCHEMA_NOT_FOUND = 40403;

    private final HttpServer server;
    private final List<ObjectNode> schemas = new ArrayList<>();
    private final Map<String, List<Integer>> subjects = new HashMap<>();
    private final Map<String, String> compatibility = new HashMap<>();
    private final List<String> requests = new ArrayList<>();
    private int answerAllWith;

    FakeRegistry() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::handle);
        server.start();
    }

    /** A client that may register or not. */
    SchemaRegistry client(boolean autoRegister) {
        return new SchemaRegistry(options(autoRegister));
    }

    RegistryOptions options(boolean autoRegister) {
        return new RegistryOptions("http://127.0.0.1:" + server.getAddress().getPort(), Map.of(), autoRegister);
    }

    /** Adds a schema of no subject, and says its id. */
    synchronized int add(Schema schema) {
        return add(MAPPER.createObjectNode().put("schema", schema.toString()));
    }

    /** Adds a schema of another kind than Avro, and says its id. */
    synchronized int add(String type, String schema) {
        return add(MAPPER.createObjectNode().put("schemaType", type).put("schema", schema));
    }

    /** From now on every answer is this HTTP status. */
    synchronized void answerAllWith(int status) {
        answerAllWith = status;
    }

    synchronized List<String> requests() {
        return List.copyOf(requests);
    }

    synchronized Map<String, String> compatibility() {
        return Map.copyOf(compatibility);
    }

    private int add(ObjectNode schema) {
        int known = schemas.indexOf(schema);
        if (known >= 0) {
            return known + 1;
        }
        schemas.add(schema);
        return schemas.size();
    }

    private synchronized void handle(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        String request = exchange.getRequestMethod() + " " + path;
        requests.add(request);
        byte[] body = exchange.getRequestBody().readAllBytes();
        ObjectNode answer = MAPPER.createObjectNode();
        int code = answerAllWith == 0 ? answer(request, body, answer) : answerAllWith * 100 + 1;
        int status = code == 200 ? code : code / 100;
        if (status != 200) {
            answer.removeAll();
            answer.put("error_code", code).put("message", "fake says " + status);
        }
        String text = request.equals("GET /subjects") && status == 200
                ? MAPPER.writeValueAsString(subjects.keySet())
                : answer.toString();
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/vnd.schemaregistry.v1+json");
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    /** 200, or the code of an error. */
    private int answer(String request, byte[] body, ObjectNode answer) throws IOException {
        String[] parts = request.split("/");
        if (request.startsWith("GET /schemas/ids/")) {
            int id = Integer.parseInt(parts[3]);
            if (id < 1 || id > schemas.size()) {
                return SCHEMA_NOT_FOUND;
            }
            answer.setAll(schemas.get(id - 1));
            return 200;
        }
        if (request.equals("GET /subjects")) {
            return 200;
        }
        JsonNode sent = MAPPER.readTree(body);
        if (request.matches("POST /subjects/[^/]+/versions")) {
            int id = add(
                    MAPPER.createObjectNode().put("schema", sent.get("schema").textValue()));
            List<Integer> ids = subjects.computeIfAbsent(parts[2], subject -> new ArrayList<>());
            if (!ids.contains(id)) {
                ids.add(id);
            }
            answer.put("id", id);
            return 200;
        }
        if (request.matches("POST /subjects/[^/]+")) {
            ObjectNode schema =
                    MAPPER.createObjectNode().put("schema", sent.get("schema").textValue());
            int id = schemas.indexOf(schema) + 1;
            int version = subjects.getOrDefault(parts[2], List.of()).indexOf(id) + 1;
            if (version == 0) {
                return NOT_FOUND;
            }
            answer.put("subject", parts[2])
                    .put("id", id)
                    .put("version", version)
                    .setAll(schema);
            return 200;
        }
        if (request.matches("PUT /config/[^/]+")) {
            compatibility.put(parts[2], sent.get("compatibility").textValue());
            answer.put("compatibility", sent.get("compatibility").textValue());
            return 200;
        }
        return NOT_FOUND;
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
