package dev.millrace.core.identity;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** Random streams of events, each kind of them hard in its own way. */
enum EventStream {
    /** Many identifiers, few events: small groups, many without anchor. */
    SPARSE {
        @Override
        SeenEvent event(Random random, int size) {
            return mixed(random, 2 * size, 100_000);
        }
    },
    /** Few identifiers, many events: most links are known from several times, most are refused. */
    DENSE {
        @Override
        SeenEvent event(Random random, int size) {
            return mixed(random, 8, 100_000);
        }
    },
    /** Nearly all happens at the same time, so that names decide. */
    EQUAL_TIMES {
        @Override
        SeenEvent event(Random random, int size) {
            return mixed(random, 12, 3);
        }
    },
    /** Many people on few devices. */
    KIOSK {
        @Override
        SeenEvent event(Random random, int size) {
            String kiosk = random.nextInt(3) == 0 ? "device_id:d" : "anonymous_id:a" + random.nextInt(2);
            String other = random.nextInt(4) == 0 ? "anonymous_id:b" + random.nextInt(5) : user(random, size);
            return random.nextInt(4) == 0
                    ? SeenEvent.of(random.nextInt(1000), other, kiosk, "email:e" + random.nextInt(size))
                    : SeenEvent.of(random.nextInt(1000), other, kiosk);
        }
    },
    /** Long chains, some with an anchor at an end or between. */
    CHAIN {
        @Override
        SeenEvent event(Random random, int size) {
            int from = random.nextInt(size);
            return SeenEvent.of(random.nextInt(1000), inChain(from), inChain(from + 1));
        }

        private String inChain(int place) {
            return place % 11 == 5 ? "user_id:u" + place : "anonymous_id:a" + place;
        }
    },
    /** Everybody knows one identifier. */
    STAR {
        @Override
        SeenEvent event(Random random, int size) {
            String spoke = "anonymous_id:a" + random.nextInt(3 * size);
            return random.nextInt(8) == 0
                    ? SeenEvent.of(random.nextInt(1000), user(random, 4), spoke)
                    : SeenEvent.of(random.nextInt(1000), "device_id:d", spoke);
        }
    },
    /** People with several accounts, said to be one; some events name two accounts and say no such thing. */
    ALIASES {
        @Override
        SeenEvent event(Random random, int size) {
            long time = random.nextInt(1000);
            String user = user(random, 8);
            String other = user(random, 8);
            if (user.equals(other) || random.nextInt(2) == 0) {
                return mixed(random, 16, 1000);
            }
            return switch (random.nextInt(4)) {
                case 0 -> SeenEvent.of(time, user, other);
                case 1 -> SeenEvent.alias(time, user, "anonymous_id:a" + random.nextInt(8));
                default -> SeenEvent.alias(time, user, other);
            };
        }
    };

    /** One event of a stream. */
    abstract SeenEvent event(Random random, int size);

    /** A stream of at most so many events. */
    List<SeenEvent> events(Random random, int most) {
        int size = 1 + random.nextInt(most);
        List<SeenEvent> events = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            events.add(event(random, size));
        }
        return events;
    }

    private static String user(Random random, int bound) {
        return "user_id:u" + random.nextInt(bound);
    }

    /** One to three identifiers of any type. */
    private static SeenEvent mixed(Random random, int identifiers, int times) {
        List<String> all = new ArrayList<>();
        for (int i = 0; i < identifiers; i++) {
            all.add(
                    switch (i % 6) {
                        case 0 -> "user_id:u" + i;
                        case 1 -> "email:e" + i;
                        case 2 -> "device_id:d" + i;
                        default -> "anonymous_id:a" + i;
                    });
        }
        Collections.shuffle(all, random);
        int named = Math.min(all.size(), 1 + random.nextInt(3));
        return SeenEvent.of(random.nextInt(times), false, all.subList(0, named));
    }
}
