package dev.millrace.generator;

import dev.millrace.core.event.Event;
import dev.millrace.core.event.EventType;
import dev.millrace.generator.Device.Platform;
import dev.millrace.generator.Shop.Product;

/** One person's session on one device: what they do next, and when. Ordered by the time of the next event. */
final class Visit implements Comparable<Visit> {
    private enum Step {
        LAND,
        LOOK_AROUND,
        VIEW,
        ADD,
        IDENTIFY,
        GROUP,
        ALIAS,
        CHECK_OUT,
        ORDER,
        LEAVE
    }

    private static final int MOST_STEPS = 60;
    private static final double BOUNCES = 0.3;
    private static final double SECONDS_BETWEEN = 12;
    private static final double MOST_SECONDS_BETWEEN = 600;
    private static final double ORDERS_TOLD_BY_SERVER = 0.3;
    private static final String SERVER_CONTEXT = "{\"library\":{\"name\":\"analytics-java\",\"version\":\"3.5.4\"}}";

    private final Shop shop;
    private final Person person;
    private final int deviceNumber;
    private final Device device;
    private final Dice dice;
    private final long sequence;
    private final String context;
    private final String accountId;
    private final StringBuilder cart = new StringBuilder();

    private String userId;
    private boolean loggedInHere;
    private long cartCents;
    private Product viewed;
    private String orderId;
    private Step step = Step.LAND;
    private Step afterLogin = Step.LOOK_AROUND;
    private int steps;
    private double timeMillis;

    /**
     * @param deviceNumber of the person's own; below 0: a kiosk
     * @param loggedIn whether they still are from an earlier visit
     */
    Visit(
            Shop shop,
            Person person,
            int deviceNumber,
            Device device,
            boolean loggedIn,
            Dice dice,
            long sequence,
            double timeMillis) {
        this.shop = shop;
        this.person = person;
        this.deviceNumber = deviceNumber;
        this.device = device;
        this.dice = dice;
        this.sequence = sequence;
        this.timeMillis = timeMillis;
        this.accountId = person.userIdOn(deviceNumber);
        this.userId = loggedIn ? accountId : null;
        this.context = context();
    }

    double timeMillis() {
        return timeMillis;
    }

    boolean isOver() {
        return step == Step.LEAVE;
    }

    /** Whether they logged in in this visit, on a device where that lasts. */
    boolean staysLoggedIn() {
        return loggedInHere && !device.shared();
    }

    Person person() {
        return person;
    }

    int deviceNumber() {
        return deviceNumber;
    }

    Device device() {
        return device;
    }

    /** The next event, at {@link #timeMillis}, without times; then the visit stands at the one after it. */
    Event next(String messageId) {
        Event event =
                switch (step) {
                    case LAND, LOOK_AROUND -> look(messageId);
                    case VIEW -> view(messageId);
                    case ADD -> add(messageId);
                    case IDENTIFY -> identify(messageId);
                    case GROUP -> call(messageId, EventType.GROUP, null, null, person.groupTraits(shop));
                    case ALIAS -> alias(messageId);
                    case CHECK_OUT -> checkOut(messageId);
                    case ORDER -> order(messageId);
                    case LEAVE -> throw new IllegalStateException("the visit is over");
                };
        steps++;
        Step done = step;
        step = after(done);
        timeMillis += step == Step.GROUP || step == Step.ALIAS
                ? 20 + dice.below(300)
                : 800 + 1000 * Math.min(MOST_SECONDS_BETWEEN, dice.exponential(SECONDS_BETWEEN));
        return event;
    }

    private Step after(Step done) {
        return switch (done) {
            case LAND -> dice.chance(BOUNCES) ? Step.LEAVE : choose();
            case LOOK_AROUND, VIEW, ADD -> choose();
            case IDENTIFY -> mayAlias() ? Step.ALIAS : person.groupId != null ? Step.GROUP : afterLogin();
            case ALIAS -> person.groupId != null ? Step.GROUP : afterLogin();
            case GROUP -> afterLogin();
            case CHECK_OUT -> dice.chance(0.65) ? Step.ORDER : leaveOrStay();
            case ORDER -> leaveOrStay();
            case LEAVE -> Step.LEAVE;
        };
    }

    private Step choose() {
        if (steps >= MOST_STEPS) {
            return Step.LEAVE;
        }
        boolean mayLogIn = accountId != null && userId == null;
        double roll = dice.unit();
        if (roll < 0.1) {
            return Step.LEAVE;
        }
        if (roll < 0.18 && mayLogIn) {
            afterLogin = Step.LOOK_AROUND;
            return Step.IDENTIFY;
        }
        if (roll < 0.33 && viewed != null) {
            return Step.ADD;
        }
        if (roll < 0.45 && cartCents > 0) {
            if (mayLogIn && dice.chance(0.7)) {
                afterLogin = Step.CHECK_OUT;
                return Step.IDENTIFY;
            }
            return Step.CHECK_OUT;
        }
        return roll < 0.6 ? Step.LOOK_AROUND : Step.VIEW;
    }

    private Step afterLogin() {
        return afterLogin == Step.CHECK_OUT ? Step.CHECK_OUT : choose();
    }

    private Step leaveOrStay() {
        cart.setLength(0);
        cartCents = 0;
        viewed = null;
        return dice.chance(0.7) ? Step.LEAVE : choose();
    }

    private boolean mayAlias() {
        return dice.chance(person.secondUserId != null ? 0.2 : 0.02);
    }

    private Event look(String messageId) {
        String category = step == Step.LAND ? null : shop.categories.get(dice.below(shop.categories.size()));
        String title = category == null ? "Home" : category;
        if (device.platform().isApp()) {
            return call(messageId, EventType.SCREEN, title, "{\"position\":" + steps + "}", null);
        }
        String path = category == null ? "/" : "/c/" + shop.categories.indexOf(category);
        return call(
                messageId,
                EventType.PAGE,
                title,
                "{\"path\":\"" + path + "\",\"url\":\"https://shop.example" + path + "\",\"title\":\"" + title + "\"}",
                null);
    }

    private Event view(String messageId) {
        viewed = shop.products.get(dice.below(shop.products.size()));
        return track(messageId, "Product Viewed", "{" + viewed.json() + ",\"currency\":\"" + person.currency + "\"}");
    }

    private Event add(String messageId) {
        Product added = viewed;
        viewed = null;
        int quantity = 1 + Math.min(dice.below(4), dice.below(4));
        String line = added.json() + ",\"quantity\":" + quantity;
        cart.append(cart.isEmpty() ? "{" : ",{").append(line).append('}');
        cartCents += (long) quantity * added.cents();
        return track(messageId, "Product Added", "{" + line + ",\"currency\":\"" + person.currency + "\"}");
    }

    private Event checkOut(String messageId) {
        orderId = "O-" + messageId.substring(0, 13);
        return track(messageId, "Checkout Started", orderProperties("\"revenue\":" + Shop.money(cartCents)));
    }

    private Event order(String messageId) {
        long shipping = cartCents > 5_000 ? 0 : 490;
        String properties = orderProperties("\"revenue\":" + Shop.money(cartCents) + ",\"shipping\":"
                + Shop.money(shipping) + ",\"total\":" + Shop.money(cartCents + shipping));
        if (userId != null && dice.chance(ORDERS_TOLD_BY_SERVER)) {
            return event(
                    messageId,
                    EventType.TRACK,
                    "Order Completed",
                    null,
                    null,
                    null,
                    "server",
                    properties,
                    null,
                    SERVER_CONTEXT);
        }
        return track(messageId, "Order Completed", properties);
    }

    private String orderProperties(String sums) {
        return "{\"order_id\":\"" + orderId + "\"," + sums + ",\"currency\":\"" + person.currency + "\",\"products\":["
                + cart + "]}";
    }

    private Event identify(String messageId) {
        userId = accountId;
        loggedInHere = true;
        return call(messageId, EventType.IDENTIFY, null, null, person.traits(shop));
    }

    /** Joins the two accounts of a person who has two; otherwise what some clients send when somebody signs up. */
    private Event alias(String messageId) {
        String previous = person.secondUserId == null
                ? device.anonymousId()
                : userId.equals(person.userId) ? person.secondUserId : person.userId;
        return event(
                messageId,
                EventType.ALIAS,
                null,
                device.anonymousId(),
                previous,
                null,
                device.platform().source,
                null,
                null,
                context);
    }

    private Event track(String messageId, String name, String properties) {
        return call(messageId, EventType.TRACK, name, properties, null);
    }

    private Event call(String messageId, EventType type, String name, String properties, String traits) {
        return event(
                messageId,
                type,
                name,
                device.anonymousId(),
                null,
                type == EventType.GROUP ? person.groupId : null,
                device.platform().source,
                properties,
                traits,
                context);
    }

    private Event event(
            String messageId,
            EventType type,
            String name,
            String anonymousId,
            String previousId,
            String groupId,
            String source,
            String properties,
            String traits,
            String itsContext) {
        return new Event(
                messageId,
                type.wireName(),
                name,
                userId,
                anonymousId,
                previousId,
                groupId,
                source,
                null,
                null,
                null,
                properties,
                traits,
                itsContext,
                null);
    }

    private String context() {
        StringBuilder json = new StringBuilder(320);
        Platform platform = device.platform();
        switch (platform) {
            case IOS -> json.append("{\"library\":{\"name\":\"analytics-swift\",\"version\":\"1.6.2\"},")
                    .append("\"app\":{\"name\":\"Shop\",\"version\":\"4.2.0\"},")
                    .append("\"device\":{\"type\":\"ios\"},\"os\":{\"name\":\"iOS\",\"version\":\"18.1\"}");
            case ANDROID -> json.append("{\"library\":{\"name\":\"analytics-kotlin\",\"version\":\"1.16.3\"},")
                    .append("\"app\":{\"name\":\"Shop\",\"version\":\"4.1.7\"},")
                    .append("\"device\":{\"type\":\"android\"},\"os\":{\"name\":\"Android\",\"version\":\"15\"}");
            case MOBILE_WEB -> json.append("{\"library\":{\"name\":\"analytics.js\",\"version\":\"2.1.0\"},")
                    .append("\"userAgent\":\"Mozilla/5.0 (Linux; Android 15) Mobile\"");
            case WEB, KIOSK -> json.append("{\"library\":{\"name\":\"analytics.js\",\"version\":\"2.1.0\"},")
                    .append("\"userAgent\":\"Mozilla/5.0 (X11; Linux x86_64)\"");
        }
        json.append(",\"sessionId\":").append(sequence);
        json.append(",\"ip\":\"203.0.113.").append(1 + dice.below(254)).append('"');
        json.append(",\"locale\":\"").append(person.locale).append('"');
        json.append(",\"timezone\":\"").append(person.timeZone).append('"');
        boolean web = platform == Platform.WEB || platform == Platform.MOBILE_WEB;
        if (web && dice.chance(0.3)) {
            json.append(",\"campaign\":").append(shop.campaigns.get(dice.below(shop.campaigns.size())));
        }
        return json.append('}').toString();
    }

    @Override
    public int compareTo(Visit other) {
        int byTime = Double.compare(timeMillis, other.timeMillis);
        return byTime != 0 ? byTime : Long.compare(sequence, other.sequence);
    }
}
