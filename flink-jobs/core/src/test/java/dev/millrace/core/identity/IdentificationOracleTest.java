package dev.millrace.core.identity;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.millrace.core.event.BinaryEvent;
import dev.millrace.core.event.Envelope;
import dev.millrace.core.event.Envelope.Field;
import dev.millrace.core.event.Event;
import dev.millrace.core.event.EventPath;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Random events under random rules: what is found in bytes equals what a walk through the decoded JSON finds. */
class IdentificationOracleTest {
    private static final String[] NAMES = {"id", "email", "phone", "device", "list", "ä", "a.b", "e", "identity"};
    private static final String[] VALUES = {
        "ann@example.com",
        " Bob@Example.com",
        "+1 650 253 0000",
        "(650) 253-0001",
        "not an address",
        "x@y@z",
        "null",
        "",
        "é€😀\"\\/\n\t",
        "d-1",
        "d-2",
        "\u0001\u2028"
    };
    private static final String[] NUMBERS = {"0", "-1", "7", "16502530000", "1.50", "-2e+10", "123456789012345678901234"
    };
    private static final String[] PARTS = {"properties", "traits", "context", "extras"};

    @Test
    void anyEventGivesWhatItsDecodedJsonSays() {
        int seen = 0;
        int hidden = 0;
        for (int seed = 0; seed < 4000; seed++) {
            Random random = new Random(seed);
            IdentityRules rules = randomRules(random);
            Identification identification = rules.identification();
            for (int i = 0; i < 3; i++) {
                Event event = new Event(
                        null,
                        random.nextInt(5) == 0 ? "group" : "track",
                        null,
                        random.nextInt(4) == 0 ? "u" : null,
                        random.nextInt(4) == 0 ? null : "a",
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        randomPart(random),
                        randomPart(random),
                        randomPart(random),
                        randomPart(random));
                Envelope envelope = BinaryEvent.envelope(event, random);
                String as = "seed %d, event %d: %s by %s".formatted(seed, i, event, rules.types());

                List<String> expected = oracle(rules, event);
                assertThat(identification.find(envelope)).as(as).isEqualTo(!expected.isEmpty());
                List<String> found = new ArrayList<>();
                if (identification.leaf() != null) {
                    found.add(identification.leaf());
                }
                found.addAll(identification.others());
                assertThat(found).as(as).isEqualTo(expected);

                byte[] passedOn = envelope.with(identification.replacements());
                Envelope replaced = new Envelope();
                assertThat(replaced.read(passedOn, 0, passedOn.length)).as(as).isTrue();
                for (String part : PARTS) {
                    assertThat(decoded(text(replaced.event(), part)))
                            .as(as)
                            .isEqualTo(hidden(rules, part, decoded(text(event, part))));
                }
                seen += found.size();
                hidden += identification.replacements().size();
            }
        }
        assertThat(seen).isGreaterThan(10_000);
        assertThat(hidden).isGreaterThan(3_000);
    }

    /** Whatever is wrong with a part: if it can be read it is treated as any other, if not nothing in it leaves. */
    @Test
    void aBrokenPartPassesNoAddressOn() {
        int broken = 0;
        int emptied = 0;
        for (int seed = 0; seed < 4000; seed++) {
            Random random = new Random(seed);
            IdentityRules rules = randomRules(random);
            Identification identification = rules.identification();
            for (int i = 0; i < 5; i++) {
                String traits = mangled(randomPart(random), random);
                Event event = new Event(
                        null, "track", null, null, "a", null, null, null, null, null, null, null, traits, null, null);
                String as = "seed %d, event %d: %s by %s".formatted(seed, i, event, rules.types());
                Envelope envelope = BinaryEvent.envelope(event, random);
                identification.find(envelope);
                byte[] passedOn = envelope.with(identification.replacements());
                Envelope replaced = new Envelope();
                assertThat(replaced.read(passedOn, 0, passedOn.length)).as(as).isTrue();

                String text = replaced.text(Field.TRAITS);
                if (isObject(traits)) {
                    assertThat(decoded(text)).as(as).isEqualTo(hidden(rules, "traits", decoded(traits)));
                } else {
                    boolean mayHide = mayHide(rules, traits);
                    assertThat(text).as(as).isEqualTo(mayHide ? "{}" : traits);
                    emptied += mayHide ? 1 : 0;
                    broken++;
                }
            }
        }
        assertThat(broken).isGreaterThan(5_000);
        assertThat(emptied).isGreaterThan(500);
    }

    /** Whether the members that a path to a hashed value needs may all be in the text. */
    private static boolean mayHide(IdentityRules rules, String text) {
        return paths(rules, "traits").stream()
                .filter(path -> path.type().hashed())
                .anyMatch(path -> text.contains("\\u")
                        || path.steps().stream()
                                .allMatch(step -> !(step instanceof EventPath.Member member)
                                        || text.contains('"' + member.name() + '"')));
    }

    private static boolean isObject(String json) {
        try (JsonParser parser = new JsonFactory().createParser(json)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                return false;
            }
            decoded(parser);
            return parser.nextToken() == null;
        } catch (IOException e) {
            return false;
        }
    }

    /** Cut off, or with a character lost, added or changed. */
    private static String mangled(String json, Random random) {
        if (json == null || json.isEmpty()) {
            return "";
        }
        int at = random.nextInt(json.length());
        String any = String.valueOf("{}[]\":,\\u1e- \n".charAt(random.nextInt(14)));
        String mangled =
                switch (random.nextInt(4)) {
                    case 0 -> json.substring(0, at);
                    case 1 -> json.substring(0, at) + json.substring(at + 1);
                    case 2 -> json.substring(0, at) + any + json.substring(at);
                    default -> json.substring(0, at) + any + json.substring(at + 1);
                };
        // A half of a character that is left is none in UTF-8.
        return new String(mangled.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
    }

    private static List<String> oracle(IdentityRules rules, Event event) {
        // In the order of priority, then as they stand in the document.
        Set<String> all = new LinkedHashSet<>();
        for (IdentifierType type : rules.types()) {
            for (String place : type.from()) {
                EventPath path = EventPath.parse(place);
                List<String> values = new ArrayList<>();
                if (path.field() == Field.USER_ID) {
                    values.add(event.userId());
                } else if (path.field() == Field.ANONYMOUS_ID) {
                    values.add(event.anonymousId());
                } else if (!(event.type().equals("group") && path.field() == Field.TRAITS)) {
                    String part = path.field().name().toLowerCase(Locale.ROOT);
                    select(decoded(text(event, part)), path.steps(), values);
                }
                for (String value : values) {
                    if (value != null) {
                        rules.identifier(type.name(), value).ifPresent(all::add);
                    }
                }
            }
        }
        return List.copyOf(all);
    }

    /** The texts at the end of a path, in the order of the document. */
    private static void select(Object node, List<EventPath.Step> steps, List<String> values) {
        if (steps.isEmpty()) {
            if (node instanceof String || node instanceof Literal) {
                values.add(node.toString());
            }
            return;
        }
        List<EventPath.Step> rest = steps.subList(1, steps.size());
        EventPath.Step step = steps.get(0);
        if (step instanceof EventPath.Member member && node instanceof Map<?, ?> map) {
            select(map.get(member.name()), rest, values);
        } else if (step instanceof EventPath.Element element && node instanceof List<?> list) {
            select(element.index() < list.size() ? list.get(element.index()) : null, rest, values);
        } else if (step instanceof EventPath.EveryElement && node instanceof List<?> list) {
            list.forEach(element -> select(element, rest, values));
        }
    }

    /** The part with all that hashed types take replaced. */
    private static Object hidden(IdentityRules rules, String part, Object root) {
        return hide(rules, root, paths(rules, part), null, false);
    }

    private static List<Path> paths(IdentityRules rules, String part) {
        List<Path> paths = new ArrayList<>();
        for (IdentifierType type : rules.types()) {
            for (String place : type.from()) {
                EventPath path = EventPath.parse(place);
                if (path.field().name().equalsIgnoreCase(part)) {
                    paths.add(new Path(type, path.steps()));
                }
            }
        }
        return paths;
    }

    private record Path(IdentifierType type, List<EventPath.Step> steps) {
        boolean ends() {
            return steps.isEmpty();
        }

        boolean leadsInto(Class<?>... kinds) {
            return !ends() && List.of(kinds).contains(steps.get(0).getClass());
        }
    }

    private static Object hide(
            IdentityRules rules, Object node, List<Path> paths, IdentifierType outer, boolean externalId) {
        IdentifierType here = paths.stream()
                .filter(path -> path.ends() && path.type().hashed())
                .map(Path::type)
                .findFirst()
                .orElse(null);
        IdentifierType around = here != null ? here : outer;
        if (node instanceof Map<?, ?> map) {
            if (map.isEmpty() || around == null && paths.isEmpty()) {
                return node;
            }
            if (!externalId && paths.stream().noneMatch(path -> path.leadsInto(EventPath.Member.class))) {
                return around == null ? node : around.name() + ":unusable";
            }
            Map<Object, Object> result = new LinkedHashMap<>();
            map.forEach((name, value) -> {
                List<Path> below = below(paths, new EventPath.Member((String) name));
                if (below.isEmpty() && around != null && !(externalId && name.equals("id"))) {
                    result.put(around.name() + ":unusable", null);
                } else {
                    result.put(name, hide(rules, value, below, around, false));
                }
            });
            return result;
        }
        if (node instanceof List<?> list) {
            boolean externalIds = paths.stream().anyMatch(Path::ends)
                    && paths.stream()
                            .noneMatch(path ->
                                    path.ends() && path.type().normaliser().personal());
            boolean open = externalIds
                    || paths.stream()
                            .anyMatch(path -> path.leadsInto(EventPath.Element.class, EventPath.EveryElement.class));
            if (list.isEmpty() || !open) {
                return list.isEmpty() || around == null ? node : around.name() + ":unusable";
            }
            List<Object> result = new ArrayList<>();
            for (int i = 0; i < list.size(); i++) {
                Object element = list.get(i);
                boolean anExternalId = externalIds && element instanceof Map;
                result.add(hide(rules, element, below(paths, new EventPath.Element(i)), around, anExternalId));
            }
            return result;
        }
        if (node == null || node.equals(new Literal("true"))) {
            return node;
        }
        String text = node.toString();
        if (IdentityRules.DEFAULT_BLOCKED_VALUES.contains(text)) {
            return node;
        }
        if (here != null) {
            return rules.identifier(here.name(), text).orElse(here.name() + ":unusable");
        }
        return around != null ? around.name() + ":unusable" : node;
    }

    private static List<Path> below(List<Path> paths, EventPath.Step step) {
        return paths.stream()
                .filter(path -> !path.ends())
                .filter(path -> path.steps().get(0).equals(step)
                        || step instanceof EventPath.Element && path.leadsInto(EventPath.EveryElement.class))
                .map(path -> new Path(
                        path.type(), path.steps().subList(1, path.steps().size())))
                .toList();
    }

    private static IdentityRules randomRules(Random random) {
        Set<EventPath> taken = new HashSet<>();
        List<IdentifierType> types = new ArrayList<>();
        types.add(new IdentifierType("anonymous_id", List.of("anonymous_id"), false, null, null, null, null));
        for (int i = 1 + random.nextInt(5); i > 0; i--) {
            List<String> from = new ArrayList<>();
            for (int places = 1 + random.nextInt(3); places > 0; places--) {
                String place = random.nextInt(20) == 0 ? "user_id" : randomPath(random);
                if (taken.add(EventPath.parse(place))) {
                    from.add(place);
                }
            }
            if (!from.isEmpty()) {
                Normaliser normaliser = Normaliser.values()[random.nextInt(4)];
                Boolean hashed = normaliser.personal() || random.nextInt(3) == 0;
                types.add(
                        random.nextInt(types.size() + 1),
                        new IdentifierType("t" + i, from, false, null, null, normaliser, hashed));
            }
        }
        return IdentityRules.of(types, "a key for tests alone");
    }

    private static String randomPath(Random random) {
        StringBuilder path = new StringBuilder(PARTS[random.nextInt(PARTS.length)]);
        for (int steps = 1 + random.nextInt(3), i = 0; i < steps; i++) {
            switch (i == 0 ? 0 : random.nextInt(4)) {
                case 0, 1 -> path.append("['").append(name(random)).append("']");
                case 2 -> path.append("[*]");
                default -> path.append('[').append(random.nextInt(3)).append(']');
            }
        }
        return path.toString();
    }

    private static String name(Random random) {
        return NAMES[random.nextInt(NAMES.length)];
    }

    private static String randomPart(Random random) {
        if (random.nextInt(4) == 0) {
            return null;
        }
        StringBuilder json = new StringBuilder();
        writeObject(json, random, 0);
        return json.toString();
    }

    private static void writeObject(StringBuilder json, Random random, int depth) {
        Set<String> names = new LinkedHashSet<>();
        for (int i = random.nextInt(6); i > 0; i--) {
            names.add(name(random));
        }
        json.append(space(random)).append('{').append(space(random));
        for (Iterator<String> it = names.iterator(); it.hasNext(); ) {
            writeText(json, it.next(), random);
            json.append(space(random)).append(':');
            writeValue(json, random, depth + 1);
            json.append(it.hasNext() ? "," : "").append(space(random));
        }
        json.append('}').append(space(random));
    }

    private static void writeValue(StringBuilder json, Random random, int depth) {
        json.append(space(random));
        switch (random.nextInt(depth > 4 ? 6 : 10)) {
            case 0, 1, 2, 3 -> writeText(json, VALUES[random.nextInt(VALUES.length)], random);
            case 4 -> json.append(NUMBERS[random.nextInt(NUMBERS.length)]);
            case 5 -> json.append(random.nextBoolean() ? "null" : "true");
            case 6, 7 -> writeObject(json, random, depth);
            default -> {
                json.append('[');
                for (int i = random.nextInt(4); i > 0; i--) {
                    writeValue(json, random, depth + 1);
                    json.append(i > 1 ? "," : "");
                }
                json.append(']');
            }
        }
        json.append(space(random));
    }

    private static void writeText(StringBuilder json, String text, Random random) {
        boolean escapes = random.nextInt(3) == 0;
        json.append('"');
        text.codePoints().forEach(c -> {
            if (c < ' ' || escapes && random.nextInt(6) == 0) {
                for (char half : Character.toChars(c)) {
                    json.append("\\u%04x".formatted((int) half));
                }
            } else if (c == '"' || c == '\\' || c == '/' && random.nextBoolean()) {
                json.append('\\').appendCodePoint(c);
            } else {
                json.appendCodePoint(c);
            }
        });
        json.append('"');
    }

    private static String space(Random random) {
        return random.nextInt(8) == 0 ? " \n" : "";
    }

    private static String text(Event event, String part) {
        return switch (part) {
            case "properties" -> event.properties();
            case "traits" -> event.traits();
            case "context" -> event.context();
            default -> event.extras();
        };
    }

    /** JSON text as maps, lists, strings, literals and null. */
    private static Object decoded(String json) {
        if (json == null) {
            return null;
        }
        try (JsonParser parser = new JsonFactory().createParser(json)) {
            parser.nextToken();
            Object value = decoded(parser);
            assertThat(parser.nextToken()).as(json).isNull();
            return value;
        } catch (IOException e) {
            throw new AssertionError(json, e);
        }
    }

    private static Object decoded(JsonParser parser) throws IOException {
        switch (parser.currentToken()) {
            case START_OBJECT -> {
                Map<String, Object> map = new LinkedHashMap<>();
                while (parser.nextToken() != JsonToken.END_OBJECT) {
                    String name = parser.currentName();
                    parser.nextToken();
                    map.put(name, decoded(parser));
                }
                return map;
            }
            case START_ARRAY -> {
                List<Object> list = new ArrayList<>();
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    list.add(decoded(parser));
                }
                return list;
            }
            case VALUE_STRING -> {
                return parser.getText();
            }
            case VALUE_NULL -> {
                return null;
            }
            default -> {
                return new Literal(parser.getText());
            }
        }
    }

    /** A JSON value that is neither text nor null: a number as it is written, true or false. */
    private record Literal(String text) {
        @Override
        public String toString() {
            return text;
        }
    }
}
