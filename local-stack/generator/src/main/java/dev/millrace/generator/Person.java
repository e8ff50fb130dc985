package dev.millrace.generator;

/** Somebody of the population; all that they are follows from the seed and their index. */
final class Person {
    static final int MOST_DEVICES = 3;

    private static final String[] CURRENCIES = {"EUR", "EUR", "USD", "GBP"};
    private static final String[] LOCALES = {"de-AT", "fr-FR", "en-US", "en-GB"};
    private static final String[] TIME_ZONES = {"Europe/Vienna", "Europe/Paris", "America/New_York", "Europe/London"};

    final long index;
    /** Null: never registered. */
    final String userId;
    /** An older account that they still use on their last device; null: none. */
    final String secondUserId;
    /** Of the company that they buy for; null: none. */
    final String groupId;

    final int devices;
    final String currency;
    final String locale;
    final String timeZone;

    private final long key;
    private final long seed;
    private final boolean sharing;
    private final int city;
    private final int company;
    private final int firstName;
    private final int lastName;

    Person(long seed, long index, double sharedDevices) {
        this.index = index;
        this.seed = seed;
        this.key = Dice.mix(seed, index);
        Dice dice = new Dice(key);
        boolean registered = dice.chance(0.6);
        this.userId = registered ? "u_" + hex(dice.next()) : null;
        this.secondUserId = registered && dice.chance(0.01) ? "u_" + hex(dice.next()) : null;
        this.company = registered && dice.chance(0.1) ? dice.below(2000) : -1;
        this.groupId = company < 0 ? null : "company_" + company;
        int roll = dice.below(10);
        this.devices = roll < 5 ? 1 : roll < 9 ? 2 : MOST_DEVICES;
        int country = dice.below(CURRENCIES.length);
        this.currency = CURRENCIES[country];
        this.locale = LOCALES[country];
        this.timeZone = TIME_ZONES[country];
        this.city = dice.below(1 << 20);
        this.firstName = dice.below(1 << 20);
        this.lastName = dice.below(1 << 20);
        // Neighbours share: both of a pair, or none.
        this.sharing = new Dice(Dice.mix(seed ^ 0x5AA5, index >> 1)).chance(sharedDevices);
    }

    /** The device of that number, below {@link #devices}. */
    Device device(int number) {
        if (number == 0 && sharing) {
            return Device.owned(Dice.mix(seed ^ 0x7E57, index >> 1), true);
        }
        return Device.owned(Dice.mix(key, 100 + number), false);
    }

    /** The user id that they log in with on that device. */
    String userIdOn(int number) {
        return secondUserId != null && number > 0 && number == devices - 1 ? secondUserId : userId;
    }

    /** JSON object for {@code identify}. */
    String traits(Shop shop) {
        Shop.Name first = shop.firstNames.get(firstName % shop.firstNames.size());
        Shop.Name last = shop.lastNames.get(lastName % shop.lastNames.size());
        return "{\"email\":\"" + first.mailPart() + "." + last.mailPart() + "." + Long.toString(index, 36)
                + "@example.com\",\"name\":\"" + first.text() + " " + last.text() + "\",\"plan\":\""
                + (company >= 0 ? "business" : firstName % 5 == 0 ? "plus" : "free") + "\",\"address\":{\"city\":\""
                + shop.cities.get(city % shop.cities.size()) + "\"}}";
    }

    /** JSON object for {@code group}. */
    String groupTraits(Shop shop) {
        return "{\"name\":\"" + shop.companies.get(company % shop.companies.size()) + "\",\"employees\":"
                + (1 + company % 500) + "}";
    }

    private static String hex(long value) {
        String digits = Long.toHexString(value);
        return "0".repeat(16 - digits.length()) + digits;
    }
}
