package dev.millrace.core.catalogue;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.millrace.core.event.BinaryEvent;
import dev.millrace.core.event.Event;
import dev.millrace.core.event.EventPath;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Random events under random catalogues: what is read from bytes is what a walk through the decoded event finds. */
class CatalogueReaderOracleTest {
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS, DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();
    private static final String[] TYPES = {"track", "page", "identify", "screen"};
    private static final String[] NAMES = {"Viewed", "Added", "Bought", "", "Ünlicht"};
    private static final String[] SOURCES = {"web", "ios", "a\"b"};
    private static final String[] MEMBERS = {"a", "b", "price", "ä.x", "e"};
    private static final String[] STRINGS = {
        "x", "", "12", "12.0", "-0.5", "true", "long".repeat(60), "\u0000", "1e2", "😀"
    };
    private static final String[] NUMBERS = {"12", "-3.5", "0.10", "0", "1E+2", "123456789012345678", "12.0", "2.5"};

    @Test
    void hitsAreThoseOfTheDecodedEvent() {
        for (long seed = 1; seed <= 150; seed++) {
            Random random = new Random(seed);
            List<MetricDefinition> definitions = new ArrayList<>();
            for (int i = random.nextInt(6); i >= 0; i--) {
                definitions.add(definition("m" + i, random));
            }
            SessionRows rows = random.nextBoolean() ? null : rows(random);
            ReadableCatalogue catalogue = Catalogues.of(definitions, rows, ZoneOffset.UTC);
            CatalogueReader reader = catalogue.reader();
            for (int i = 0; i < 150; i++) {
                Event event = event(random);
                List<Hit> hits = new ArrayList<>();
                reader.read(BinaryEvent.envelope(event, random), 0, hits::add);
                assertThat(hits)
                        .as("seed %d, event %d: %s for %s, %s", seed, i, event, definitions, rows)
                        .isEqualTo(expected(catalogue, event));
            }
        }
    }

    private static List<Hit> expected(ReadableCatalogue catalogue, Event event) {
        List<Hit> hits = new ArrayList<>();
        for (int i = 0; i < catalogue.definitions().size(); i++) {
            MetricDefinition definition = catalogue.definitions().get(i);
            Metric metric = catalogue.catalogue().metrics().get(i);
            int steps = 0;
            if (definition.aggregate() == Aggregate.FUNNEL) {
                for (int s = 0; s < definition.steps().size(); s++) {
                    steps |= matches(definition.steps().get(s).match(), event) ? 1 << s : 0;
                }
                if (steps == 0) {
                    continue;
                }
            } else if (definition.match() != null && !matches(definition.match(), event)) {
                continue;
            }
            Long micros = definition.value() == null ? Long.valueOf(0) : micros(definition.value(), event);
            if (micros != null && definition.aggregate() != Aggregate.NEW_PROFILES) {
                hits.add(new Hit(metric, dimensions(definition.dimensions(), event), micros, steps, null));
            }
        }
        SessionRows rows = catalogue.sessionRows();
        if (rows != null && rows.types().contains(event.type())) {
            boolean order = matches(rows.order(), event);
            Long micros = order ? micros(rows.revenue(), event) : null;
            String page = first(rows.page(), event);
            hits.add(new Hit(
                    catalogue.catalogue().metrics().get(catalogue.definitions().size()),
                    DimensionValues.text(event.source(), first(rows.campaign(), event), page),
                    micros == null ? 0 : micros,
                    order ? 1 : 0,
                    page == null ? null : DimensionValues.bounded(page)));
        }
        return hits;
    }

    private static boolean matches(Match match, Event event) {
        return (match.types() == null || match.types().contains(event.type()))
                && (match.events() == null
                        || event.name() != null && match.events().contains(event.name()))
                && (match.where() == null || match.where().stream().allMatch(condition -> holds(condition, event)));
    }

    private static boolean holds(Condition condition, Event event) {
        JsonNode value = at(condition.path(), event);
        boolean exists = !value.isMissingNode() && !value.isNull();
        if (condition.exists() != null) {
            return condition.exists() == exists;
        }
        if (!exists || value.isContainerNode()) {
            return false;
        }
        String text = value.asText();
        if (condition.prefix() != null) {
            return text.startsWith(condition.prefix());
        }
        Double number = isNumber(text) ? Double.valueOf(text) : null;
        if (condition.above() != null) {
            return number != null && number > condition.above();
        }
        if (condition.atLeast() != null) {
            return number != null && number >= condition.atLeast();
        }
        if (condition.below() != null) {
            return number != null && number < condition.below();
        }
        if (condition.atMost() != null) {
            return number != null && number <= condition.atMost();
        }
        List<Object> anyOf = condition.in() != null ? condition.in() : List.of(condition.equals());
        return anyOf.stream()
                .anyMatch(one -> one instanceof Number given
                        ? number != null && number == given.doubleValue()
                        : one.toString().equals(text));
    }

    private static boolean isNumber(String text) {
        return text.matches("-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][+-]?[0-9]+)?");
    }

    private static Long micros(List<String> paths, Event event) {
        for (String path : paths) {
            JsonNode value = at(path, event);
            if (value.isValueNode() && isNumber(value.asText())) {
                BigDecimal micros =
                        new BigDecimal(value.asText()).movePointRight(6).setScale(0, RoundingMode.HALF_EVEN);
                if (micros.abs().compareTo(BigDecimal.TEN.pow(18)) <= 0) {
                    return micros.longValueExact();
                }
            }
        }
        return null;
    }

    private static String dimensions(List<DimensionDefinition> dimensions, Event event) {
        return DimensionValues.text(dimensions.stream()
                .filter(dimension -> !dimension.name().equals("lifecycle"))
                .map(dimension -> first(dimension.from(), event))
                .toArray(String[]::new));
    }

    private static String first(List<String> paths, Event event) {
        for (String path : paths) {
            JsonNode value = at(path, event);
            if (value.isValueNode() && !value.isNull() && !value.isMissingNode()) {
                return value.asText();
            }
        }
        return null;
    }

    private static JsonNode at(String text, Event event) {
        EventPath path = EventPath.parse(text, EventPath.FIELDS);
        JsonNode node =
                switch (path.field()) {
                    case TYPE -> plain(event.type());
                    case EVENT -> plain(event.name());
                    case SOURCE -> plain(event.source());
                    case USER_ID -> plain(event.userId());
                    case PROPERTIES -> json(event.properties());
                    case TRAITS -> json(event.traits());
                    case CONTEXT -> json(event.context());
                    default -> throw new AssertionError(text);
                };
        for (EventPath.Step step : path.steps()) {
            if (step instanceof EventPath.Member member) {
                node = node.path(member.name());
            } else if (step instanceof EventPath.Element element) {
                node = node.path(element.index());
            }
        }
        return node;
    }

    private static JsonNode plain(String text) {
        return text == null ? MissingNode.getInstance() : JSON.getNodeFactory().textNode(text);
    }

    private static JsonNode json(String text) {
        try {
            return text == null || text.isEmpty()
                    ? MissingNode.getInstance()
                    : JSON.readTree(text.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            return MissingNode.getInstance();
        }
    }

    private static MetricDefinition definition(String name, Random random) {
        Aggregate aggregate = Aggregate.values()[random.nextInt(Aggregate.values().length)];
        boolean amounts = aggregate == Aggregate.SUM || aggregate == Aggregate.AVERAGE;
        boolean funnel = aggregate == Aggregate.FUNNEL;
        boolean plain = aggregate == Aggregate.NEW_PROFILES;
        List<FunnelStep> steps = new ArrayList<>();
        for (int i = random.nextInt(3) + 1; i >= 0; i--) {
            steps.add(new FunnelStep("s" + i, match(random)));
        }
        List<DimensionDefinition> dimensions = new ArrayList<>();
        for (int i = plain ? 0 : random.nextInt(4); i > 0; i--) {
            dimensions.add(new DimensionDefinition("d" + i, paths(random)));
        }
        if (random.nextBoolean() && (aggregate == Aggregate.UNIQUE_PROFILES || aggregate == Aggregate.SESSIONS)) {
            dimensions.add(DimensionDefinition.of("lifecycle"));
        }
        return new MetricDefinition(
                name,
                null,
                null,
                funnel || plain || random.nextInt(4) == 0 ? null : match(random),
                aggregate,
                amounts ? paths(random) : null,
                List.of("1h"),
                null,
                dimensions,
                null,
                null,
                funnel ? steps : null,
                null);
    }

    private static SessionRows rows(Random random) {
        return new SessionRows(null, null, null, paths(random), paths(random), match(random), paths(random));
    }

    private static Match match(Random random) {
        List<Condition> where = new ArrayList<>();
        for (int i = random.nextInt(3); i > 0; i--) {
            where.add(condition(random));
        }
        return new Match(
                random.nextInt(3) == 0 ? null : List.of(one(random, TYPES)),
                random.nextInt(3) > 0 ? null : List.of(one(random, NAMES)),
                where.isEmpty()
                        ? List.of(condition(random))
                        : where.stream().distinct().toList(),
                null);
    }

    private static Condition condition(Random random) {
        String path = path(random);
        double bound = Double.parseDouble(one(random, "12", "0", "-3.5", "2.5", "100", "5"));
        return switch (random.nextInt(8)) {
            case 0 -> new Condition(path, value(random), null, null, null, null, null, null, null);
            case 1 -> new Condition(path, null, List.of(value(random)), null, null, null, null, null, null);
            case 2 -> new Condition(path, null, null, random.nextBoolean(), null, null, null, null, null);
            case 3 -> new Condition(path, null, null, null, bound, null, null, null, null);
            case 4 -> new Condition(path, null, null, null, null, bound, null, null, null);
            case 5 -> new Condition(path, null, null, null, null, null, bound, null, null);
            case 6 -> new Condition(path, null, null, null, null, null, null, bound, null);
            default -> new Condition(path, null, null, null, null, null, null, null, one(random, "", "1", "w", "lo"));
        };
    }

    private static Object value(Random random) {
        return switch (random.nextInt(3)) {
            case 0 -> one(random, STRINGS);
            case 1 -> Double.valueOf(one(random, NUMBERS));
            default -> random.nextBoolean();
        };
    }

    private static List<String> paths(Random random) {
        List<String> paths = new ArrayList<>();
        for (int i = random.nextInt(3); i >= 0; i--) {
            paths.add(path(random));
        }
        return paths.stream().distinct().toList();
    }

    private static String path(Random random) {
        if (random.nextInt(4) == 0) {
            return one(random, "type", "event", "source", "user_id");
        }
        StringBuilder path = new StringBuilder(one(random, "properties", "traits", "context"));
        path.append("['").append(one(random, MEMBERS)).append("']");
        for (int i = random.nextInt(3); i > 0; i--) {
            path.append(random.nextInt(3) == 0 ? "[" + random.nextInt(2) + "]" : "['" + one(random, MEMBERS) + "']");
        }
        return path.toString();
    }

    private static Event event(Random random) {
        return new Event(
                "m",
                one(random, TYPES),
                random.nextInt(5) == 0 ? null : one(random, NAMES),
                random.nextBoolean() ? null : one(random, STRINGS),
                null,
                null,
                null,
                random.nextInt(5) == 0 ? null : one(random, SOURCES),
                null,
                null,
                0L,
                document(random),
                document(random),
                document(random),
                null);
    }

    private static String document(Random random) {
        if (random.nextInt(5) == 0) {
            return random.nextBoolean() ? null : "";
        }
        StringBuilder json = new StringBuilder();
        if (random.nextInt(30) == 0) {
            json(random, 2, json);
        } else {
            object(random, 3, json);
        }
        if (random.nextInt(12) == 0) {
            // Broken somewhere, or nowhere that matters.
            int at = random.nextInt(json.length());
            json.replace(at, at + random.nextInt(2), one(random, "", "{", "}", "\"", ",", " ", "0", "\\"));
        }
        return json.toString();
    }

    private static void object(Random random, int depth, StringBuilder json) {
        json.append('{');
        for (int i = random.nextInt(5); i > 0; i--) {
            string(one(random, MEMBERS), random, json);
            json(random, depth - 1, json.append(one(random, ":", " : ")));
            json.append(i > 1 ? "," : "");
        }
        json.append('}');
    }

    private static void json(Random random, int depth, StringBuilder json) {
        switch (depth == 0 ? random.nextInt(4) : random.nextInt(7)) {
            case 0 -> string(one(random, STRINGS), random, json);
            case 1 -> json.append(one(random, NUMBERS));
            case 2 -> json.append(random.nextBoolean());
            case 3 -> json.append("null");
            case 4 -> {
                json.append('[');
                for (int i = random.nextInt(4); i > 0; i--) {
                    json(random, depth - 1, json);
                    json.append(i > 1 ? "," : "");
                }
                json.append(']');
            }
            default -> object(random, depth, json);
        }
    }

    /** Now and then with characters escaped that need not be. */
    private static void string(String text, Random random, StringBuilder json) {
        json.append('"');
        for (char c : text.toCharArray()) {
            if (c < ' ' || random.nextInt(12) == 0) {
                json.append(String.format("\\u%04x", (int) c));
            } else {
                json.append(c);
            }
        }
        json.append('"');
    }

    private static String one(Random random, String... ofThese) {
        return ofThese[random.nextInt(ofThese.length)];
    }
}
