package dev.millrace.runtime.kafka;

import dev.millrace.contract.AttributedEvent;
import dev.millrace.contract.CustomerEvent;
import dev.millrace.contract.Duplicate;
import dev.millrace.contract.JoiningLink;
import dev.millrace.contract.Link;
import dev.millrace.contract.Standing;
import dev.millrace.contract.StitchedRecord;
import dev.millrace.core.event.Event;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/** Records as StitchJob may write them: events, links, duplicates and standings, with and without what they may lack. */
final class StitchedRecords {
    private static final String[] IDENTIFIERS = {"user_id:u", "email:ä😀", "anonymous_id:a", "device_id:d"};
    private static final String[] TYPES = {"track", "page", "identify", "group", ""};
    private static final String[] NAMES = {"Viewed", "Bought", "Ünlicht", "", null};
    private static final String[] JSON = {
        null, "", "{}", "{\"price\":12.5}", "{\"price\":\"0.1\",\"ä\":[1,{}]}", "{\"price\":{}}", "{broken", "[1]"
    };

    private StitchedRecords() {}

    static List<StitchedRecord> random(Random random, int number) {
        return IntStream.range(0, number).mapToObj(i -> random(random)).toList();
    }

    static StitchedRecord random(Random random) {
        int writers = 1 + random.nextInt(4);
        return new StitchedRecord(
                one(random, IDENTIFIERS),
                "p" + random.nextInt(3),
                random.nextBoolean() ? null : time(random),
                random.nextInt(writers),
                writers,
                body(random),
                random.nextInt(3) == 0 ? standing(random) : null,
                random.nextInt(4) == 0 ? null : time(random),
                time(random));
    }

    private static Object body(Random random) {
        String topic = random.nextBoolean() ? "raw" : "ö";
        int partition = random.nextInt(5);
        long offset = random.nextLong(1L << 45);
        return switch (random.nextInt(6)) {
            case 0 -> null;
            case 1 -> new Link(one(random, IDENTIFIERS), time(random));
            case 2 -> new Duplicate(topic, partition, offset, time(random));
            default -> new AttributedEvent(topic, partition, offset, time(random), event(random));
        };
    }

    private static CustomerEvent event(Random random) {
        return EventContract.toContract(new Event(
                "m" + random.nextInt(100),
                one(random, TYPES),
                one(random, NAMES),
                random.nextBoolean() ? null : "u",
                random.nextBoolean() ? null : "",
                null,
                random.nextBoolean() ? null : "g",
                random.nextBoolean() ? null : "web",
                random.nextBoolean() ? null : random.nextLong(1L << 45),
                random.nextBoolean() ? null : -random.nextLong(1L << 45),
                random.nextBoolean() ? null : Long.valueOf(0),
                one(random, JSON),
                one(random, JSON),
                random.nextBoolean() ? null : "{\"page\":{\"path\":\"/ä\"},\"campaign\":{\"name\":\"c\"}}",
                random.nextBoolean() ? null : "x".repeat(random.nextInt(300))));
    }

    private static Standing standing(Random random) {
        return new Standing(
                time(random),
                time(random),
                random.nextBoolean() ? null : "before",
                random.nextBoolean() ? null : new JoiningLink("anonymous_id:a", "user_id:u", time(random)),
                random.nextBoolean());
    }

    private static Instant time(Random random) {
        return Instant.ofEpochMilli(random.nextInt(5) == 0 ? -random.nextInt(1000) : random.nextLong(1L << 45));
    }

    private static String one(Random random, String[] values) {
        return values[random.nextInt(values.length)];
    }
}
