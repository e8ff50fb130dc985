package dev.millrace.core.oracle;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** Random catalogues, in the shape of the configuration, of metrics that {@link RandomShop}'s events hit. */
public final class RandomCatalogue {
    /** What a metric can make of events. */
    public static final List<String> AGGREGATES =
            List.of("count", "sum", "average", "unique_profiles", "new_profiles", "sessions", "funnel");

    private static final List<String> WINDOWS =
            List.of("1m", "5m", "15m", "1h", "6h", "12h", "1d", "5m/1m", "1h/15m", "2h/30m", "3h/1h", "12h/4h");
    private static final List<String> ZONES = List.of("UTC", "Europe/Vienna", "Asia/Kolkata", "America/New_York");
    private static final List<String> SPANS = List.of("1m", "10m", "30m", "1h", "1d");
    private static final List<String> TYPES = List.of("track", "page", "screen", "identify");

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private final Random random;

    private RandomCatalogue(Random random) {
        this.random = random;
    }

    /**
     * The list {@code metrics} of a configuration. Names differ. With seven metrics or more, every aggregate is there.
     *
     * @param size number of metrics
     */
    public static ArrayNode metrics(Random random, int size) {
        RandomCatalogue catalogue = new RandomCatalogue(random);
        List<String> aggregates = new ArrayList<>(AGGREGATES);
        Collections.shuffle(aggregates, random);
        ArrayNode metrics = JSON.arrayNode();
        for (int i = 0; i < size; i++) {
            String aggregate = aggregates.get(i % aggregates.size());
            metrics.add(catalogue.metric("m" + i + "_" + aggregate, aggregate));
        }
        return metrics;
    }

    /** Options of {@link MetricsOracle#sessions}. */
    public static ObjectNode sessions(Random random) {
        RandomCatalogue catalogue = new RandomCatalogue(random);
        ObjectNode options = JSON.objectNode();
        if (random.nextInt(3) > 0) {
            options.put("gap", catalogue.pick(SPANS));
        }
        if (random.nextInt(3) == 0) {
            options.set("types", catalogue.some(TYPES));
        }
        if (random.nextInt(3) == 0) {
            options.set("page", JSON.arrayNode().add("properties.path"));
        }
        if (random.nextInt(3) == 0) {
            options.set("campaign", JSON.arrayNode().add("properties.currency").add("context.campaign.name"));
        }
        if (random.nextInt(3) == 0) {
            options.set("order", catalogue.match());
        }
        if (random.nextInt(3) == 0) {
            options.set("revenue", JSON.arrayNode().add("properties.total"));
        }
        return options;
    }

    private ObjectNode metric(String name, String aggregate) {
        ObjectNode metric = JSON.objectNode().put("name", name).put("aggregate", aggregate);
        if (random.nextBoolean()) {
            metric.put("description", "What " + name + " says.").put("owner", "shop");
        }
        metric.set("windows", windows());
        if (random.nextBoolean()) {
            metric.put("time_zone", pick(ZONES));
        }
        switch (aggregate) {
            case "sum", "average" -> metric.set("value", value());
            case "sessions" -> metric.put("gap", pick(SPANS));
            case "funnel" -> {
                metric.set("steps", steps());
                metric.put("within", pick(SPANS));
            }
            default -> {}
        }
        if (!aggregate.equals("new_profiles")) {
            if (!aggregate.equals("funnel") && random.nextInt(4) > 0) {
                metric.set("match", match());
            }
            ArrayNode dimensions = dimensions();
            if (List.of("unique_profiles", "sessions").contains(aggregate) && random.nextBoolean()) {
                dimensions.add("lifecycle");
            }
            if (!dimensions.isEmpty()) {
                metric.set("dimensions", dimensions);
            }
        }
        return metric;
    }

    private ArrayNode windows() {
        List<String> sizes = new ArrayList<>(WINDOWS);
        Collections.shuffle(sizes, random);
        ArrayNode windows = JSON.arrayNode();
        sizes.subList(0, 1 + random.nextInt(3)).forEach(windows::add);
        return windows;
    }

    private JsonNode value() {
        return switch (random.nextInt(4)) {
            case 0 -> JSON.arrayNode().add("properties.revenue").add("properties.total");
            case 1 -> JSON.textNode("properties.score");
            default -> JSON.textNode("properties.total");
        };
    }

    private ArrayNode dimensions() {
        List<ObjectNode> places = List.of(
                dimension("currency").put("from", "properties.currency"),
                dimension("quantity").put("from", "properties.quantity"),
                dimension("coupon").put("from", "properties.coupon"),
                dimension("campaign").put("from", "context.campaign.name"),
                dimension("page_path")
                        .set("from", JSON.arrayNode().add("context.page.path").add("properties.path")));
        ArrayNode dimensions = JSON.arrayNode();
        if (random.nextInt(3) == 0) {
            dimensions.add(pick(List.of("source", "type", "event")));
        }
        if (random.nextBoolean()) {
            List<ObjectNode> shuffled = new ArrayList<>(places);
            Collections.shuffle(shuffled, random);
            dimensions.addAll(shuffled.subList(0, 1 + random.nextInt(2)));
        }
        return dimensions;
    }

    private static ObjectNode dimension(String name) {
        return JSON.objectNode().put("name", name);
    }

    private ArrayNode steps() {
        int size = 2 + random.nextInt(3);
        ArrayNode steps = JSON.arrayNode();
        for (int i = 0; i < size; i++) {
            ObjectNode match = JSON.objectNode();
            switch (random.nextInt(5)) {
                case 0 -> match.set("types", some(TYPES));
                case 1 -> match.set("where", JSON.arrayNode().add(condition()));
                default -> match.set("events", some(RandomShop.TRACKED));
            }
            steps.addObject()
                    .put("name", List.of("viewed", "added", "paid", "came back").get(i))
                    .set("match", match);
        }
        return steps;
    }

    private ObjectNode match() {
        ObjectNode match = JSON.objectNode();
        int kind = random.nextInt(4);
        if (kind == 0) {
            match.set("types", some(TYPES));
        }
        if (kind == 1 || kind == 2) {
            match.set("types", JSON.arrayNode().add("track"));
            match.set("events", some(RandomShop.TRACKED));
        }
        if (kind == 3 || random.nextInt(3) == 0) {
            ArrayNode where = JSON.arrayNode().add(condition());
            if (random.nextInt(3) == 0) {
                where.add(condition());
            }
            match.set("where", where);
        }
        return match;
    }

    private ObjectNode condition() {
        ObjectNode condition = JSON.objectNode();
        return switch (random.nextInt(12)) {
            case 0 -> condition.put("path", "properties.total").put("exists", random.nextInt(3) > 0);
            case 1 -> condition.put("path", "context.campaign.name").put("exists", random.nextBoolean());
            case 2 -> condition.put("path", "properties.currency").put("equals", "EUR");
            case 3 -> condition
                    .put("path", "properties.currency")
                    .set("in", JSON.arrayNode().add("EUR").add("USD"));
            case 4 -> condition.put("path", "properties.quantity").put("equals", 2);
            case 5 -> condition
                    .put("path", "properties.quantity")
                    .set("in", JSON.arrayNode().add(1).add(2));
            case 6 -> condition.put("path", "properties.coupon").put("equals", random.nextBoolean());
            case 7 -> condition.put("path", "context.page.path").put("prefix", "/products");
            case 8 -> condition.put("path", "source").put("equals", pick(RandomShop.SOURCES));
            case 9 -> condition.put("path", "properties.cart.size").put("at_least", 2);
            case 10 -> condition.put("path", "user_id").put("exists", random.nextBoolean());
            default -> condition
                    .put("path", "properties.score")
                    .put(pick(List.of("above", "at_least", "below", "at_most")), pick(List.of(0.0, 2.5, 3.0)));
        };
    }

    /** One to all of these, in any order. */
    private ArrayNode some(List<String> all) {
        List<String> shuffled = new ArrayList<>(all);
        Collections.shuffle(shuffled, random);
        ArrayNode some = JSON.arrayNode();
        shuffled.subList(0, 1 + random.nextInt(all.size())).forEach(some::add);
        return some;
    }

    private <T> T pick(List<T> all) {
        return all.get(random.nextInt(all.size()));
    }
}
