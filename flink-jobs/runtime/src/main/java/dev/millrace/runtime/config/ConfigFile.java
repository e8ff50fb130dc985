package dev.millrace.runtime.config;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
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
import com.fasterxml.jackson.databind.exc.InvalidFormatException;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.fasterxml.jackson.databind.type.LogicalType;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.millrace.core.catalogue.MetricDefinition;
import dev.millrace.core.catalogue.RefusedMetricException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.commons.text.similarity.LevenshteinDistance;

/**
 * Reads the one YAML file that configures Millrace. {@code ${NAME}} in a value stands for the environment variable of
 * that name, {@code ${NAME:-other}} for {@code other} where it is not set. Keys are snake_case; an unknown one is
 * refused with the nearest known one. Refusals say on which line what is refused stands.
 */
public final class ConfigFile {
    private static final Pattern REFERENCE = Pattern.compile("\\$\\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?}");

    private static final YAMLMapper YAML = YAMLMapper.builder(YAMLFactory.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build())
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NUMBERS_FOR_ENUMS)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_ENUMS)
            .addModule(new SimpleModule().addDeserializer(Duration.class, new Durations()))
            .serializationInclusion(JsonInclude.Include.NON_NULL)
            // A section or list with nothing but comments in it is as good as left out.
            .withCoercionConfig(LogicalType.POJO, ConfigFile::emptyIsLeftOut)
            .withCoercionConfig(LogicalType.Collection, ConfigFile::emptyIsLeftOut)
            .withCoercionConfig(LogicalType.Map, ConfigFile::emptyIsLeftOut)
            .build();

    private static final String MEASURE = "measure";
    private static final String METRICS = "measure.metrics";
    private static final JsonPointer METRICS_POINTER = JsonPointer.compile("/measure/metrics");

    private final String text;
    private final String name;
    private final YamlLines lines;
    /** Of the text, once it is read. */
    private JsonNode tree;

    private ConfigFile(String text, String name) {
        this.text = text;
        this.name = name;
        lines = YamlLines.of(text);
    }

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
        return new ConfigFile(text, name).read(MillraceConfig.class, environment);
    }

    /** The metrics in a text that is a list of them. */
    static List<MetricDefinition> metrics(String text, String name) {
        return List.of(new ConfigFile(text, name).read(MetricDefinition[].class, variable -> null));
    }

    private <T> T read(Class<T> type, UnaryOperator<String> environment) {
        try {
            tree = document();
            if (tree.isObject() == type.isArray()) {
                throw new ConfigException(name + ": the configuration must be a YAML mapping");
            }
            refuseUnknown(tree, type, "");
            resolve(tree, "", environment);
            return YAML.treeToValue(tree, type);
        } catch (JsonMappingException e) {
            throw refused(e);
        } catch (JsonProcessingException e) {
            throw new ConfigException(name + ": not YAML: " + e.getMessage(), e);
        }
    }

    private JsonNode document() throws JsonProcessingException {
        try (JsonParser parser = YAML.getFactory().createParser(text)) {
            JsonNode first = YAML.readTree(parser);
            for (JsonToken next = parser.nextToken(); next != null; next = parser.nextToken()) {
                // An empty document is an empty text.
                if (next != JsonToken.VALUE_NULL && !parser.getText().isEmpty()) {
                    throw new ConfigException(name + ", line "
                            + parser.currentTokenLocation().getLineNr()
                            + ": the configuration must be one document; what comes after '---' would be left out");
                }
            }
            return first == null ? MissingNode.getInstance() : first;
        } catch (JsonProcessingException e) {
            throw e;
        } catch (IOException e) {
            throw new UncheckedIOException(e); // It is text.
        }
    }

    private ConfigException refused(JsonMappingException e) {
        String path = path(e);
        RefusedMetricException ofMetric = cause(e, RefusedMetricException.class);
        if (ofMetric != null && path.equals(MEASURE)) {
            path = ofMetric(tree, ofMetric.metric());
        }
        String reason = ofMetric == null ? metric(path) + reason(e) : reason(e);
        return new ConfigException(lines.at(name, path) + ": '" + path + "': " + reason, e);
    }

    /** Which metric a path leads into, as a refusal begins with it; empty: none, or one without a name. */
    private String metric(String path) {
        if (!path.startsWith(METRICS + '[')) {
            return "";
        }
        JsonNode metric = tree.at(METRICS_POINTER).path(index(path)).path("name");
        return metric.isTextual() ? "metric '" + metric.textValue() + "': " : "";
    }

    /** The path of the last metric of a name; that of all where none has it, as with a built-in one. */
    private static String ofMetric(JsonNode tree, String name) {
        JsonNode metrics = tree.at(METRICS_POINTER);
        for (int i = metrics.size() - 1; i >= 0; i--) {
            if (name.equals(metrics.path(i).path("name").textValue())) {
                return METRICS + '[' + i + ']';
            }
        }
        return MEASURE;
    }

    /** Which of the metrics a path leads into. */
    private static int index(String path) {
        return Integer.parseInt(path.substring(METRICS.length() + 1, path.indexOf(']')));
    }

    private static <T extends Throwable> T cause(Throwable e, Class<T> type) {
        Throwable cause = e;
        while (cause != null && !type.isInstance(cause)) {
            cause = cause.getCause();
        }
        return type.cast(cause);
    }

    /** Why a value was refused: what its options object says, if it is that which refused. */
    private static String reason(JsonMappingException e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof IllegalArgumentException && !(cause instanceof NumberFormatException)) {
                return cause.getMessage();
            }
        }
        if (e instanceof InvalidFormatException invalid
                && invalid.getTargetType().isEnum()) {
            return "'" + invalid.getValue() + "' is none of "
                    + Arrays.stream(invalid.getTargetType().getEnumConstants())
                            .map(constant -> ((Enum<?>) constant).name().toLowerCase(Locale.ROOT))
                            .collect(Collectors.joining(", "));
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
    private void refuseUnknown(JsonNode node, Type type, String path) {
        if (node.isArray()) {
            Type elements = elements(type);
            for (int i = 0; i < node.size(); i++) {
                refuseUnknown(node.get(i), elements, path + '[' + i + ']');
            }
        } else if (node.isObject()) {
            // One that stands alone where there may be several.
            Type ofThis = elements(type);
            if (ofThis instanceof Class<?> options && options.isRecord()) {
                refuseUnknown((ObjectNode) node, options, path);
            }
        }
    }

    private void refuseUnknown(ObjectNode node, Class<?> options, String path) {
        Map<String, Type> known = new TreeMap<>();
        for (RecordComponent component : options.getRecordComponents()) {
            known.put(SnakeCaseStrategy.INSTANCE.translate(component.getName()), component.getGenericType());
        }
        for (Map.Entry<String, JsonNode> field : node.properties()) {
            String key = field.getKey();
            String at = path.isEmpty() ? key : path + '.' + key;
            if (!known.containsKey(key)) {
                throw new ConfigException(lines.at(name, at) + ": " + metric(at) + "unknown key '" + at
                        + "'; did you mean '" + nearest(key, known.keySet()) + "'? (known here: "
                        + String.join(", ", known.keySet()) + ")");
            }
            refuseUnknown(field.getValue(), known.get(key), at);
        }
    }

    /** What a list is of; what is no list is of itself. */
    private static Type elements(Type type) {
        if (type instanceof ParameterizedType list && list.getRawType() == List.class) {
            return list.getActualTypeArguments()[0];
        }
        return type instanceof Class<?> array && array.isArray() ? array.getComponentType() : type;
    }

    private static String nearest(String unknown, Collection<String> known) {
        return known.stream()
                .min(Comparator.comparing(
                        candidate -> LevenshteinDistance.getDefaultInstance().apply(unknown, candidate)))
                .orElseThrow();
    }

    private void resolve(JsonNode node, String path, UnaryOperator<String> environment) {
        if (node instanceof ObjectNode object) {
            for (Map.Entry<String, JsonNode> field : object.properties()) {
                String at = path.isEmpty() ? field.getKey() : path + '.' + field.getKey();
                if (field.getValue().isTextual()) {
                    field.setValue(
                            TextNode.valueOf(resolve(field.getValue().textValue(), at, field.getKey(), environment)));
                } else {
                    resolve(field.getValue(), at, environment);
                }
            }
        } else if (node instanceof ArrayNode array) {
            for (int i = 0; i < array.size(); i++) {
                String at = path + '[' + i + ']';
                if (array.get(i).isTextual()) {
                    array.set(i, TextNode.valueOf(resolve(array.get(i).textValue(), at, "[" + i + "]", environment)));
                } else {
                    resolve(array.get(i), at, environment);
                }
            }
        }
    }

    private String resolve(String value, String path, String key, UnaryOperator<String> environment) {
        Matcher matcher = REFERENCE.matcher(value);
        StringBuilder resolved = new StringBuilder();
        while (matcher.find()) {
            String known = environment.apply(matcher.group(1));
            if (known == null) {
                known = matcher.group(2);
            }
            if (known == null) {
                throw new ConfigException(lines.at(name, path) + ": " + metric(path) + "'" + key
                        + "' refers to the environment variable " + matcher.group(1) + ", which is not set");
            }
            matcher.appendReplacement(resolved, Matcher.quoteReplacement(known));
        }
        return matcher.appendTail(resolved).toString();
    }
}
