package dev.millrace.runtime.config;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Comparator;
import java.util.Iterator;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.commons.text.similarity.LevenshteinDistance;

/**
 * Reads the one YAML file that configures Millrace. {@code ${NAME}} in a value stands for the environment variable of
 * that name, {@code ${NAME:-other}} for {@code other} where it is not set. Keys are snake_case; an unknown one is
 * refused with the nearest known one.
 */
public final class ConfigFile {
    private static final Pattern REFERENCE = Pattern.compile("\\$\\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?}");

    private static final YAMLMapper YAML = YAMLMapper.builder(
                    YAMLFactory.builder().build())
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_ENUMS)
            .serializationInclusion(JsonInclude.Include.NON_NULL)
            .build();

    private ConfigFile() {}

    /** The configuration in a file, with references to this process's environment. */
    public static MillraceConfig load(Path file) {
        return load(file, System.getenv()::get);
    }

    /** The configuration that {@code --config FILE} names among a program's arguments. */
    public static MillraceConfig fromArguments(String[] arguments) {
        if (arguments.length == 2 && arguments[0].equals("--config")) {
            return load(Path.of(arguments[1]));
        }
        throw new ConfigException("usage: --config FILE (the YAML file described in deploy/millrace.yaml)");
    }

    /** The configuration in a file, with references to an environment. */
    public static MillraceConfig load(Path file, UnaryOperator<String> environment) {
        String text;
        try {
            text = Files.readString(file);
        } catch (IOException e) {
            throw new ConfigException("can't read the configuration " + file + ": " + e, e);
        }
        return parse(text, file.toString(), environment);
    }

    static MillraceConfig parse(String text, String name, UnaryOperator<String> environment) {
        try {
            JsonNode tree = YAML.readTree(text);
            if (!tree.isObject()) {
                throw new ConfigException(name + ": the configuration must be a YAML mapping");
            }
            resolve(tree, name, environment);
            return YAML.treeToValue(tree, MillraceConfig.class);
        } catch (UnrecognizedPropertyException e) {
            throw new ConfigException(
                    name + ": unknown key '" + path(e) + "'" + suggestion(e.getPropertyName(), e.getKnownPropertyIds()),
                    e);
        } catch (JsonMappingException e) {
            throw new ConfigException(name + ": '" + path(e) + "': " + reason(e), e);
        } catch (JsonProcessingException e) {
            throw new ConfigException(name + ": not YAML: " + e.getMessage(), e);
        }
    }

    /** Why a value was refused: what its options object says, if it is that which refused. */
    private static String reason(JacksonException e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof IllegalArgumentException && !(cause instanceof NumberFormatException)) {
                return cause.getMessage();
            }
        }
        return e.getOriginalMessage();
    }

    private static String path(JsonMappingException e) {
        StringBuilder path = new StringBuilder();
        for (JsonMappingException.Reference part : e.getPath()) {
            if (part.getFieldName() == null) {
                path.append('[').append(part.getIndex()).append(']');
            } else {
                path.append(path.isEmpty() ? "" : ".").append(part.getFieldName());
            }
        }
        return path.toString();
    }

    private static String suggestion(String unknown, Collection<Object> known) {
        if (known == null || known.isEmpty()) {
            return "";
        }
        String nearest = known.stream()
                .map(Objects::toString)
                .min(Comparator.comparing(
                        candidate -> LevenshteinDistance.getDefaultInstance().apply(unknown, candidate)))
                .orElseThrow();
        return "; did you mean '" + nearest + "'? (known here: "
                + String.join(
                        ", ", known.stream().map(Objects::toString).sorted().toList()) + ")";
    }

    private static void resolve(JsonNode node, String name, UnaryOperator<String> environment) {
        if (node instanceof ObjectNode object) {
            for (Iterator<Map.Entry<String, JsonNode>> it = object.fields(); it.hasNext(); ) {
                Map.Entry<String, JsonNode> field = it.next();
                if (field.getValue().isTextual()) {
                    String key = field.getKey();
                    field.setValue(TextNode.valueOf(resolve(field.getValue().textValue(), name, key, environment)));
                } else {
                    resolve(field.getValue(), name, environment);
                }
            }
        } else if (node instanceof ArrayNode array) {
            for (int i = 0; i < array.size(); i++) {
                if (array.get(i).isTextual()) {
                    array.set(i, TextNode.valueOf(resolve(array.get(i).textValue(), name, "[" + i + "]", environment)));
                } else {
                    resolve(array.get(i), name, environment);
                }
            }
        }
    }

    private static String resolve(String text, String file, String key, UnaryOperator<String> environment) {
        Matcher matcher = REFERENCE.matcher(text);
        StringBuilder resolved = new StringBuilder();
        while (matcher.find()) {
            String value = environment.apply(matcher.group(1));
            if (value == null) {
                value = matcher.group(2);
            }
            if (value == null) {
                throw new ConfigException(file + ": '" + key + "' refers to the environment variable "
                        + matcher.group(1) + ", which is not set");
            }
            matcher.appendReplacement(resolved, Matcher.quoteReplacement(value));
        }
        return matcher.appendTail(resolved).toString();
    }
}
