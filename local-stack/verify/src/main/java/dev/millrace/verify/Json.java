package dev.millrace.verify;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

/** JSON that this package has written itself, or PostgreSQL. */
final class Json {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private Json() {}

    static JsonNode tree(String json) {
        try {
            return MAPPER.readTree(json);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("no JSON: " + json, e);
        }
    }

    /** The last text of an array; null: there is none, or it is null. */
    static String lastText(String array) {
        JsonNode tree = tree(array);
        return tree.isEmpty() ? null : tree.get(tree.size() - 1).textValue();
    }
}
