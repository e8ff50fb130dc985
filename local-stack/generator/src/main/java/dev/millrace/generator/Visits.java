package dev.millrace.generator;

import dev.millrace.core.event.Event;
import java.util.BitSet;
import java.util.PriorityQueue;

/**
 * All visits at once, as events in order of their time. A visit begins whenever those under way leave the rate unmet,
 * so that the rate holds from the first second on.
 */
final class Visits {
    private static final double KIOSK_VISITS = 0.005;
    private static final int PEOPLE_A_KIOSK = 5_000;
    /** So many events, but no more than a minute of them, have happened before the first. */
    private static final double MOST_EVENTS_BEFORE = 30_000;

    private static final double MOST_MILLIS_BEFORE = 60_000;
    /** Who is logged in is remembered for so many people; others log in again. Keeps the memory within 64 MiB. */
    private static final long REMEMBERED_PEOPLE = 100_000_000;

    private final long seed;
    private final long people;
    private final double sharedDevices;
    private final double meanGapMillis;
    private final Shop shop;
    private final Dice dice;
    private final long messageKey;
    private final PriorityQueue<Visit> underWay = new PriorityQueue<>();
    private final BitSet loggedIn = new BitSet();

    private long visits;
    private long messages;
    private double dueMillis;
    private double timeMillis;
    private Device device;

    Visits(GeneratorOptions options) {
        this.seed = options.seed();
        this.people = options.people();
        this.sharedDevices = options.sharedDevices();
        this.meanGapMillis = 1000 / options.eventsPerSecond();
        this.shop = new Shop(seed);
        // Other options than the seed make other events; their message ids must differ too.
        this.messageKey =
                Dice.mix(Dice.mix(seed, people), Double.doubleToLongBits(options.eventsPerSecond() + sharedDevices));
        this.dice = new Dice(messageKey);
        double before = Math.min(MOST_MILLIS_BEFORE, MOST_EVENTS_BEFORE * meanGapMillis);
        this.dueMillis = -before;
        while (peekMillis() < 0) {
            next();
        }
    }

    /** The next event, without times. */
    Event next() {
        Visit visit = isNextUnderWay() ? underWay.poll() : begin(dueMillis);
        timeMillis = visit.timeMillis();
        device = visit.device();
        dueMillis += dice.exponential(meanGapMillis);
        long number = messages++;
        Event event = visit.next(Device.uuid(Dice.mix(messageKey, number), Dice.mix(number, messageKey)));
        if (!visit.isOver()) {
            underWay.add(visit);
        } else if (visit.staysLoggedIn() && visit.person().index < REMEMBERED_PEOPLE) {
            loggedIn.set(bit(visit.person(), visit.deviceNumber()));
        }
        return event;
    }

    /** When the last event happened, after the start. */
    long timeMillis() {
        return (long) timeMillis;
    }

    /** On what the last event happened. */
    Device device() {
        return device;
    }

    private double peekMillis() {
        return isNextUnderWay() ? underWay.element().timeMillis() : dueMillis;
    }

    private boolean isNextUnderWay() {
        return !underWay.isEmpty() && underWay.element().timeMillis() <= dueMillis;
    }

    private Visit begin(double atMillis) {
        // Some come often, most seldom: the square gives the first hundredth of the people a tenth of the visits.
        double place = dice.unit();
        Person person = new Person(seed, (long) (people * place * place), sharedDevices);
        int number = dice.chance(KIOSK_VISITS) ? -1 : dice.below(person.devices);
        Device used = number < 0 ? kiosk() : person.device(number);
        boolean stillLoggedIn = number >= 0
                && person.index < REMEMBERED_PEOPLE
                && loggedIn.get(bit(person, number))
                && dice.chance(0.9);
        return new Visit(shop, person, number, used, stillLoggedIn, dice, visits++, atMillis);
    }

    private Device kiosk() {
        int kiosks = (int) Math.min(10_000, 1 + people / PEOPLE_A_KIOSK);
        return Device.kiosk(Dice.mix(seed ^ 0x1057, dice.below(kiosks)));
    }

    private static int bit(Person person, int deviceNumber) {
        return (int) person.index * Person.MOST_DEVICES + deviceNumber;
    }
}
