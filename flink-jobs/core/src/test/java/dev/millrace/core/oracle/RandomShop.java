package dev.millrace.core.oracle;

import dev.millrace.core.event.Event;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.UnaryOperator;

/**
 * Random small histories of a shop. Their times are close to each other, to borders of days and to changes of the clock,
 * and within a week; ties, and distances of exactly a gap, are frequent. What they say is often odd, and always JSON.
 */
public final class RandomShop {
    /** Identifiers that events belong to. */
    public static final List<String> LEAVES = List.of(
            "user_id:ada",
            "user_id:bob",
            "user_id:eve",
            "anonymous_id:phone",
            "anonymous_id:laptop",
            "anonymous_id:kiosk",
            "anonymous_id:tablet");

    private static final long MINUTE = 60_000L;
    private static final long HOUR = 60 * MINUTE;
    private static final long DAY = 24 * HOUR;
    /** No event is farther from its history's moment. */
    private static final long REACH = 3 * DAY;
    /** What {@link RandomCatalogue} has as gaps and limits, and a little more. */
    private static final long[] SPANS = {MINUTE, 5 * MINUTE, 10 * MINUTE, 30 * MINUTE, HOUR, DAY};

    private static final List<Instant> MOMENTS = List.of(
            Instant.parse("2024-05-06T10:00:00Z"),
            // Midnight in UTC and in India.
            Instant.parse("2024-05-07T00:00:00Z"),
            Instant.parse("2024-05-06T18:30:00Z"),
            // The clock changes in Vienna, and in New York.
            Instant.parse("2024-03-31T01:00:00Z"),
            Instant.parse("2024-10-27T01:00:00Z"),
            Instant.parse("2024-03-10T07:00:00Z"),
            Instant.parse("2024-11-03T06:00:00Z"),
            // New year in Vienna.
            Instant.parse("2024-12-31T23:00:00Z"));

    private static final String LONG = "x".repeat(198);

    static final List<String> TRACKED = List.of("Product Viewed", "Product Added", "Order Completed", "Signed Up");
    static final List<String> SOURCES = List.of("web", "ios", "kässe ☕");

    private static final List<String> PRICES = List.of("19.99", "5", "0.1", "0.2", "100", "7.25");
    private static final List<String> ODD_PRICES = List.of(
            "0",
            "-0.0",
            "-5",
            "1e-7",
            "0.0000005",
            "0.0000015",
            "-0.0000025",
            "1.0000005e1",
            "123456789.123456789",
            "1e12",
            "-1e12",
            "1e13",
            "1e300",
            "1e400",
            "12345678901234567890",
            quoted("12.50"),
            quoted("1e3"),
            quoted("-3"),
            quoted(" 7"),
            quoted("+5"),
            quoted("007"),
            quoted(".5"),
            quoted("5."),
            quoted("1,5"),
            quoted("0x1F"),
            quoted("1f"),
            quoted("NaN"),
            quoted("Infinity"),
            quoted("1e13"),
            quoted(""),
            quoted("free"),
            "true",
            "null",
            "{\"amount\": 5}",
            "[5]");
    private static final List<String> CURRENCIES = List.of(quoted("EUR"), quoted("USD"), "\"\\u0045UR\"");
    private static final List<String> ODD_TEXTS = List.of(
            quoted(""),
            quoted(" "),
            quoted("eur"),
            quoted("a"),
            quoted("a!"),
            quoted("ß☕😀"),
            quoted("null"),
            quoted("true"),
            quoted("(other)"),
            "\"say \\\"hi\\\" \\\\ \\n\"",
            "\"\\u0000\"",
            "\"half \\ud83d\"",
            quoted(LONG + "12"),
            quoted(LONG + "123"),
            quoted(LONG + "124"),
            quoted(LONG + "😀1"),
            quoted(LONG.repeat(5)),
            "7",
            "1.50",
            "1e3",
            "-0",
            "true",
            "false",
            "null",
            "{}",
            "{\"EUR\": \"EUR\"}",
            "[\"EUR\"]");
    private static final List<String> PAGES =
            List.of(quoted("/"), quoted("/products"), quoted("/products/7"), quoted("/cart"), quoted("/a\\\"b"));
    private static final List<String> ODD_PAGES =
            List.of(quoted(""), "7", "null", "{}", "[]", quoted("/" + LONG + "/" + LONG), quoted("/ä☕"), "\"\\/cart\"");
    private static final List<String> SCORES =
            List.of("0", "1", "2.5", "3", "1e1", "-1", "1e-7", "2.50", quoted("3"), quoted("many"), "null", "{}");
    private static final List<String> QUANTITIES = List.of("0", "1", "2", "3", "null", quoted("many"));

    private final Random random;
    private final List<OracleEvent> events = new ArrayList<>();
    private final long moment;
    private long arrivedMillis;

    private RandomShop(Random random) {
        this.random = random;
        this.moment = pick(MOMENTS).toEpochMilli();
        this.arrivedMillis = moment + REACH;
    }

    /**
     * A history, in the order of arrival: each event of it has happened up to six days before. Message ids differ.
     *
     * @param most it has from 1 to as many events
     * @param profileOf leaf -> profile id
     */
    public static List<OracleEvent> events(Random random, int most, UnaryOperator<String> profileOf) {
        RandomShop shop = new RandomShop(random);
        int size = 1 + random.nextInt(most);
        for (int i = 0; i < size; i++) {
            shop.happen(profileOf);
        }
        return List.copyOf(shop.events);
    }

    /** The same history, if its leaves belong to these profiles. */
    public static List<OracleEvent> attributed(List<OracleEvent> events, UnaryOperator<String> profileOf) {
        return events.stream()
                .map(event -> event.of(profileOf.apply(event.leaf())))
                .toList();
    }

    /** Who the {@link #LEAVES} belong to: leaf -> profile id, some of them to the same one. */
    public static UnaryOperator<String> people(Random random) {
        int people = 1 + random.nextInt(LEAVES.size());
        Map<String, String> profiles = new HashMap<>();
        LEAVES.forEach(leaf -> profiles.put(leaf, "p" + random.nextInt(people)));
        return profiles::get;
    }

    private void happen(UnaryOperator<String> profileOf) {
        String leaf = pick(LEAVES);
        long timeMillis = time();
        arrivedMillis += random.nextInt(2000);
        Event event = event(leaf, timeMillis);
        events.add(new OracleEvent(leaf, profileOf.apply(leaf), timeMillis, arrivedMillis, event));
    }

    private long time() {
        long before = events.isEmpty() ? moment : pick(events).timeMillis();
        long direction = random.nextBoolean() ? 1 : -1;
        long time =
                switch (random.nextInt(10)) {
                    case 0 -> before;
                    case 1, 2, 3 -> before + direction * span() + random.nextInt(3) - 1;
                    case 4 -> moment + (random.nextInt(361) - 180) * MINUTE + random.nextInt(3) - 1;
                    case 5 -> moment + random.nextLong(-DAY, DAY);
                    case 6 -> moment + direction * random.nextInt(1000);
                    default -> before + direction * random.nextLong(5 * MINUTE);
                };
        return Math.max(moment - REACH, Math.min(moment + REACH, time));
    }

    private long span() {
        return SPANS[random.nextInt(SPANS.length)];
    }

    private Event event(String leaf, long timeMillis) {
        int kind = random.nextInt(100);
        String type = kind < 60
                ? "track"
                : kind < 80 ? "page" : kind < 87 ? "screen" : kind < 93 ? "identify" : kind < 97 ? "group" : "alias";
        boolean known = leaf.startsWith("user_id:");
        String id = leaf.substring(leaf.indexOf(':') + 1);
        return new Event(
                "message " + events.size(),
                type,
                name(type),
                known ? id : null,
                known ? null : id,
                type.equals("alias") ? "before " + id : null,
                type.equals("group") ? "club" : null,
                random.nextInt(8) == 0 ? null : pick(SOURCES),
                timeMillis,
                null,
                arrivedMillis,
                random.nextInt(15) == 0 ? null : properties(),
                type.equals("identify") ? "{\"plan\": " + text(CURRENCIES) + "}" : null,
                random.nextInt(5) == 0 ? null : context(),
                null);
    }

    private String name(String type) {
        return switch (type) {
            case "track" -> random.nextInt(20) == 0 ? null : pick(TRACKED);
            case "page", "screen" -> random.nextBoolean() ? null : random.nextInt(5) == 0 ? pick(TRACKED) : "Home";
            default -> null;
        };
    }

    private String properties() {
        List<String> members = new ArrayList<>();
        if (random.nextInt(6) == 0) {
            members.add("\"nested\": {\"total\": 99, \"currency\": \"GBP\", \"path\": [\"/no\"]}");
        }
        maybe(members, 9, "total", random.nextInt(3) == 0 ? pick(ODD_PRICES) : pick(PRICES));
        maybe(members, 3, "revenue", random.nextInt(3) == 0 ? pick(ODD_PRICES) : pick(PRICES));
        maybe(members, 8, "currency", text(CURRENCIES));
        maybe(members, 6, "quantity", pick(QUANTITIES));
        maybe(members, 6, "score", pick(SCORES));
        maybe(members, 4, "coupon", pick(List.of("true", "false", "null")));
        maybe(members, 4, "path", random.nextInt(3) == 0 ? pick(ODD_PAGES) : pick(PAGES));
        maybe(members, 5, "cart", "{\"size\" :" + random.nextInt(4) + ",\"items\":[{\"sku\":\"a\"}, {\"sku\":\"b\"}]}");
        return object(members);
    }

    private String context() {
        List<String> members = new ArrayList<>();
        String path = random.nextInt(4) == 0 ? pick(ODD_PAGES) : pick(PAGES);
        maybe(members, 7, "page", "{\"title\": \"path\", \"path\": " + path + "}");
        maybe(members, 4, "campaign", "{\"name\": " + text(List.of(quoted("spring"), quoted("newsletter"))) + "}");
        maybe(members, 2, "locale", quoted("de-AT"));
        return object(members);
    }

    /** One of these texts, or an odd one. */
    private String text(List<String> usual) {
        return random.nextInt(4) == 0 ? pick(ODD_TEXTS) : pick(usual);
    }

    private void maybe(List<String> members, int ofTen, String name, String json) {
        if (random.nextInt(10) < ofTen) {
            int place = random.nextInt(members.size() + 1);
            members.add(place, quoted(name) + (random.nextBoolean() ? ":" : " : ") + json);
        }
    }

    private String object(List<String> members) {
        return random.nextBoolean()
                ? "{" + String.join(",", members) + "}"
                : "{ " + String.join(" ,\n ", members) + " }";
    }

    private <T> T pick(List<T> all) {
        return all.get(random.nextInt(all.size()));
    }

    private static String quoted(String text) {
        return '"' + text + '"';
    }
}
