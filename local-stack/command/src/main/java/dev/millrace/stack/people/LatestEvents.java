package dev.millrace.stack.people;

import dev.millrace.contract.AttributedEvent;
import dev.millrace.contract.StitchedRecord;
import dev.millrace.runtime.kafka.UndecodableException;
import dev.millrace.stack.command.Table;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.kafka.common.utils.Utils;

/**
 * A person's latest events: of those that came last into each partition of the log, the ones that happened last. An
 * event that happened later, but came so much earlier that enough others followed it, is not among them.
 */
final class LatestEvents {
    /** How far back a partition is read at most, in records. */
    static final long MAX_RECORDS = 200_000;

    private static final long FIRST_CHUNK = 5_000;
    private static final int GROWTH = 4;
    private static final int MAX_CHARS = 60;

    private static final Comparator<Seen> NEWEST = Comparator.comparing(
                    (Seen seen) -> seen.event().getEventTime())
            .reversed()
            .thenComparing(seen -> seen.event().getTopic())
            .thenComparing(seen -> seen.event().getPartition())
            .thenComparing(Comparator.comparing((Seen seen) -> seen.event().getOffset())
                    .reversed());

    /** Reads a record of the log. */
    @FunctionalInterface
    interface Decoder {
        StitchedRecord decode(byte[] value) throws UndecodableException;
    }

    /** An event and the identifier that it was seen at. */
    record Seen(String identifier, AttributedEvent event) {}

    private final List<Seen> events;
    private final Set<Integer> cutShort;
    private final long undecodable;

    private LatestEvents(List<Seen> events, Set<Integer> cutShort, long undecodable) {
        this.events = events;
        this.cutShort = cutShort;
        this.undecodable = undecodable;
    }

    /** The latest events of these identifiers, up to a number. */
    static LatestEvents of(StitchedLog log, Set<String> identifiers, int most, Decoder decoder) {
        return new Reading(log, identifiers, most, decoder).events();
    }

    /** Newest first. */
    List<Seen> events() {
        return events;
    }

    void print(PrintWriter out) {
        ProfilePage.title("Latest events", out);
        if (events.isEmpty()) {
            ProfilePage.none(out);
        } else {
            Table table = new Table(List.of("time", "type", "event", "source", "seen at"));
            for (Seen seen : events) {
                table.row(Wording.cells(
                        Wording.time(seen.event().getEventTime()),
                        text(seen.event().getEvent().getType()),
                        text(seen.event().getEvent().getEvent()),
                        text(seen.event().getEvent().getSource()),
                        seen.identifier()));
            }
            table.print(out);
        }
        if (!cutShort.isEmpty()) {
            out.println("Looked at the last " + String.format(Locale.ROOT, "%,d", MAX_RECORDS)
                    + " records of " + (cutShort.size() == 1 ? "a partition" : "each partition")
                    + " only; there may be older events.");
        }
        if (undecodable > 0) {
            out.println(Wording.count(undecodable, "record", "records") + " could not be read.");
        }
        out.flush();
    }

    /** In place of the events, where they can't be read. */
    static void printAbsence(String why, PrintWriter out) {
        out.println();
        out.println("Latest events: " + Wording.printable(why));
        out.flush();
    }

    private static String text(String value) {
        return value == null ? "" : Wording.printable(value, MAX_CHARS);
    }

    /** Where Kafka's producers put the records of a key. */
    static int partition(String identifier, int partitions) {
        return Utils.toPositive(Utils.murmur2(identifier.getBytes(StandardCharsets.UTF_8))) % partitions;
    }

    /** Goes back in growing steps, in all partitions at once, until each has shown enough. */
    private static final class Reading {
        private final StitchedLog log;
        private final Set<String> identifiers;
        private final int most;
        private final Decoder decoder;
        /** By partition, then by where the event lies in the raw topic, since records may repeat. */
        private final Map<Integer, Map<String, Seen>> found = new TreeMap<>();

        private long undecodable;

        Reading(StitchedLog log, Set<String> identifiers, int most, Decoder decoder) {
            this.log = log;
            this.identifiers = identifiers;
            this.most = most;
            this.decoder = decoder;
        }

        LatestEvents events() {
            int partitions = log.partitions();
            Set<Integer> where = identifiers.stream()
                    .map(identifier -> partition(identifier, partitions))
                    .collect(Collectors.toSet());
            where.forEach(partition -> found.put(partition, new LinkedHashMap<>()));
            Map<Integer, StitchedLog.Span> all = log.spans(where);
            Map<Integer, Long> readFrom = new HashMap<>();
            all.forEach((partition, span) -> readFrom.put(partition, span.to()));
            long chunk = FIRST_CHUNK;
            while (true) {
                Map<Integer, StitchedLog.Span> next = new HashMap<>();
                for (Map.Entry<Integer, StitchedLog.Span> entry : all.entrySet()) {
                    int partition = entry.getKey();
                    long to = readFrom.get(partition);
                    long from = Math.max(limit(entry.getValue()), to - chunk);
                    if (from < to && found.get(partition).size() < most) {
                        next.put(partition, new StitchedLog.Span(from, to));
                        readFrom.put(partition, from);
                    }
                }
                if (next.isEmpty()) {
                    break;
                }
                log.read(next, this::take);
                chunk *= GROWTH;
            }
            Set<Integer> cutShort = all.entrySet().stream()
                    .filter(entry -> found.get(entry.getKey()).size() < most
                            && limit(entry.getValue()) > entry.getValue().from())
                    .map(Map.Entry::getKey)
                    .collect(Collectors.toSet());
            List<Seen> newest = new ArrayList<>();
            found.values().forEach(events -> newest.addAll(events.values()));
            newest.sort(NEWEST);
            return new LatestEvents(
                    List.copyOf(newest.subList(0, Math.min(newest.size(), most))), cutShort, undecodable);
        }

        private static long limit(StitchedLog.Span all) {
            return Math.max(all.from(), all.to() - MAX_RECORDS);
        }

        private void take(StitchedLog.Entry entry) {
            if (entry.key() == null
                    || entry.value() == null
                    || !identifiers.contains(new String(entry.key(), StandardCharsets.UTF_8))) {
                return;
            }
            try {
                StitchedRecord record = decoder.decode(entry.value());
                if (record.getBody() instanceof AttributedEvent event && identifiers.contains(record.getIdentifier())) {
                    String lies = event.getTopic() + '/' + event.getPartition() + '/' + event.getOffset();
                    found.get(entry.partition()).put(lies, new Seen(record.getIdentifier(), event));
                }
            } catch (UndecodableException e) {
                undecodable++;
            }
        }
    }
}
