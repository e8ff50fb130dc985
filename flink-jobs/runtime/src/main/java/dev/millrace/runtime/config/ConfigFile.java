package dev.millrace.runtime.config;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.cfg.MutableCoercionConfig;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.fasterxml.jackson.databind.type.LogicalType;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Comparator;
import java.util.Iterator;
import java.util.Map;
import java.util.TreeMap;
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

    private static final YAMLMapper YAML = YAMLMapper.builder(YAMLFactory.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build())
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_ENUMS)
            .serializationInclusion(JsonInclude.Include.NON_NULL)
            // A section or list with nothing but comments in it is as good as left out.
            .withCoercionConfig(LogicalType.POJO, ConfigFile::emptyIsLeftOut)
            .withCoercionConfig(LogicalType.Collection, ConfigFile::emptyIsLeftOut)
            .withCoercionConfig(LogicalType.Map, ConfigFile::emptyIsLeftOut)
            .build();

    private ConfigFile() {}

    private static void emptyIsLeftOut(MutableCoercionConfig coercion) {
        coercion.setCoercion(CoercionInputShape.EmptyString, CoercionAction.AsNull);
    }

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
            refuseUnknown(tree, MillraceConfig.class, name, "");
            resolve(tree, name, environment);
            return YAML.treeToValue(tree, MillraceConfig.class);
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

    /** Before anything is read: a key that is spelt wrong would otherwise be told as one that is missing. */
    private static void refuseUnknown(JsonNode node, Type type, String file, String path) {
        if (type instanceof ParameterizedType list && node.isArray()) {
            for (int i = 0; i < node.size(); i++) {
                refuseUnknown(node.get(i), list.getActualTypeArguments()[0], file, path + '[' + i + ']');
            }
        } else if (type instanceof Class<?> options && options.isRecord() && node.isObject()) {
            Map<String, Type> known = new TreeMap<>();
            for (RecordComponent component : options.getRecordComponents()) {
                known.put(SnakeCaseStrategy.INSTANCE.translate(component.getName()), component.getGenericType());
            }
            for (Iterator<Map.Entry<String, JsonNode>> it = node.fields(); it.hasNext(); ) {
                Map.Entry<String, JsonNode> field = it.next();
                String key = field.getKey();
                String at = path.isEmpty() ? key : path + '.' + key;
                if (!known.containsKey(key)) {
                    throw new ConfigException(file + ": unknown key '" + at + "'; did you mean '"
                            + nearest(key, known.keySet()) + "'? (known here: " + String.join(", ", known.keySet())
                            + ")");
                }
                refuseUnknown(field.getValue(), known.get(key), file, at);
            }
        }
    }

    private static String nearest(String unknown, Collection<String> known) {
        return known.stream()
                .min(Comparator.comparing(
                        candidate -> LevenshteinDistance.getDefaultInstance().apply(unknown, candidate)))
                .orElseThrow();
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
