package dev.millrace.measure;

import dev.millrace.core.catalogue.ReadableCatalogue;
import dev.millrace.core.metric.Observation;
import dev.millrace.core.metric.ProfileChange;
import dev.millrace.core.oracle.OracleEvent;
import dev.millrace.core.oracle.RandomShop;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.IntToLongFunction;

/**
 * A random history as measuring reads it: events of {@link RandomShop}, word of moves, copies of messages on another raw
 * partition, records that StitchJob tells again after a failure, and how far event time has come.
 */
final class History {
    /**
     * What comes next.
     *
     * @param record null where event time goes on
     * @param counts the event that counts with it; null: none
     * @param watermarkMillis of meaning without record
     */
    record Step(Observation record, OracleEvent counts, long watermarkMillis) {
        private String line() {
            return record == null ? "" : record.identifier();
        }
    }

    private final Random random;
    private final Records records;
    private final List<Step> steps = new ArrayList<>();
    private final Map<String, String> profiles = new HashMap<>();
    private final Map<String, Long> firstSeen = new HashMap<>();
    private long offset;

    private History(Random random, ReadableCatalogue catalogue) {
        this.random = random;
        this.records = new Records(catalogue);
    }

    /**
     * The steps of a history.
     *
     * @param events in the order in which they come
     * @param watermark says how far event time has come once so many of the events are there
     */
    static List<Step> of(
            Random random, ReadableCatalogue catalogue, List<OracleEvent> events, IntToLongFunction watermark) {
        History history = new History(random, catalogue);
        for (int i = 0; i < events.size(); i++) {
            history.event(events.get(i));
            if (random.nextInt(6) == 0) {
                history.copy(events.get(i));
            }
            while (random.nextInt(3) == 0) {
                history.move(RandomShop.LEAVES.get(random.nextInt(RandomShop.LEAVES.size())));
            }
            if (random.nextInt(8) == 0) {
                history.repeat(events.get(i).leaf());
            }
            if (random.nextInt(3) == 0) {
                history.steps.add(new Step(null, null, watermark.applyAsLong(i + 1)));
            }
        }
        return history.steps;
    }

    private String profileOf(String leaf) {
        return profiles.computeIfAbsent(leaf, any -> leaf);
    }

    private void event(OracleEvent event) {
        firstSeen.merge(event.leaf(), event.timeMillis(), Math::min);
        steps.add(new Step(record(event, "raw/0"), event, 0));
    }

    private void copy(OracleEvent event) {
        steps.add(new Step(record(event, "raw/1"), null, 0));
    }

    private Observation record(OracleEvent event, String partition) {
        String message = event.leaf() + ' ' + event.event().messageId();
        return records.event(event, profileOf(event.leaf()), firstSeen.get(event.leaf()), partition, offset++, message);
    }

    private void move(String leaf) {
        String to = "p" + random.nextInt(3);
        profiles.put(leaf, to);
        steps.add(new Step(Records.move(leaf, to, firstSeen.getOrDefault(leaf, ProfileChange.UNKNOWN)), null, 0));
    }

    /** The last few records of an identifier come again, in their order. */
    private void repeat(String leaf) {
        List<Step> line =
                steps.stream().filter(step -> step.line().equals(leaf)).toList();
        for (Step step : line.subList(Math.max(0, line.size() - 1 - random.nextInt(4)), line.size())) {
            steps.add(new Step(step.record(), null, 0));
        }
    }

    /** Who the leaves belong to after some steps: leaf -> profile. */
    static Map<String, String> profiles(List<Step> steps) {
        Map<String, String> profiles = new HashMap<>();
        for (Step step : steps) {
            if (step.record() != null) {
                profiles.put(step.record().identifier(), step.record().profileId());
            }
        }
        return profiles;
    }

    /** The events that count among some steps, as their leaves' profiles have them after these. */
    static List<OracleEvent> events(List<Step> steps) {
        Map<String, String> profiles = profiles(steps);
        List<OracleEvent> events = new ArrayList<>();
        for (Step step : steps) {
            if (step.counts() != null) {
                events.add(step.counts());
            }
        }
        return RandomShop.attributed(events, profiles::get);
    }

    /** The same steps in another order: those of one identifier, and watermarks, keep theirs. */
    static List<Step> otherwise(List<Step> steps, Random random) {
        Map<String, List<Step>> lines = new TreeMap<>();
        for (Step step : steps) {
            lines.computeIfAbsent(step.line(), line -> new ArrayList<>()).add(step);
        }
        Map<String, Integer> next = new LinkedHashMap<>();
        List<String> order = new ArrayList<>(steps.stream().map(Step::line).toList());
        Collections.shuffle(order, random);
        List<Step> shuffled = new ArrayList<>();
        for (String line : order) {
            shuffled.add(lines.get(line).get(next.merge(line, 1, Integer::sum) - 1));
        }
        return shuffled;
    }
}
