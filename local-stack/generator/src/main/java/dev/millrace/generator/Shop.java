package dev.millrace.generator;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.function.Supplier;
import net.datafaker.Faker;

/** The names and things of the shop's world, drawn once from a seed. All texts are escaped as inside JSON strings. */
final class Shop {
    /** @param json members of the product as in Segment's e-commerce spec, without braces */
    record Product(String category, int cents, String json) {}

    record Name(String text, String mailPart) {}

    private static final String[][] CHANNELS = {
        {"newsletter", "email"}, {"google", "cpc"}, {"instagram", "social"}, {"partner-network", "affiliate"}
    };

    final List<Name> firstNames;
    final List<Name> lastNames;
    final List<String> cities;
    final List<String> companies;
    final List<String> categories;
    final List<Product> products;
    /** JSON objects, as {@code context.campaign}. */
    final List<String> campaigns;

    Shop(long seed) {
        Faker faker = new Faker(Locale.ENGLISH, new Random(seed));
        firstNames = draw(250, () -> name(faker.name().firstName()));
        lastNames = draw(500, () -> name(faker.name().lastName()));
        cities = draw(120, () -> escaped(faker.address().city()));
        companies = draw(80, () -> escaped(faker.company().name()));
        categories = draw(12, () -> escaped(faker.commerce().department()));
        products = new ArrayList<>();
        Dice dice = new Dice(Dice.mix(seed, 0x5A0B));
        for (int i = 0; i < 400; i++) {
            String category = categories.get(dice.below(categories.size()));
            int cents = (int) dice.spread(300, 40_000) / 10 * 10 + 9;
            products.add(new Product(
                    category,
                    cents,
                    "\"product_id\":\"P-" + (1000 + i) + "\",\"name\":\""
                            + escaped(faker.commerce().productName()) + "\",\"category\":\"" + category
                            + "\",\"price\":" + money(cents)));
        }
        campaigns = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            String[] channel = CHANNELS[i % CHANNELS.length];
            String name = faker.commerce().promotionCode(3).toLowerCase(Locale.ROOT);
            campaigns.add("{\"source\":\"" + channel[0] + "\",\"medium\":\"" + channel[1] + "\",\"name\":\""
                    + escaped(name) + "\"}");
        }
    }

    /** A decimal number. */
    static String money(long cents) {
        return cents / 100 + "." + cents / 10 % 10 + cents % 10;
    }

    private static <T> List<T> draw(int count, Supplier<T> source) {
        List<T> drawn = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            drawn.add(source.get());
        }
        return drawn;
    }

    private static Name name(String text) {
        String plain = Normalizer.normalize(text, Normalizer.Form.NFD)
                .replaceAll("[^A-Za-z]", "")
                .toLowerCase(Locale.ROOT);
        return new Name(escaped(text), plain);
    }

    private static String escaped(String text) {
        return new String(JsonStringEncoder.getInstance().quoteAsString(text));
    }
}
