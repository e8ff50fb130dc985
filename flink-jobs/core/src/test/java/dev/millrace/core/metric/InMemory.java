package dev.millrace.core.metric;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import com.fasterxml.jackson.databind.exc.ValueInstantiationException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import dev.millrace.core.catalogue.CatalogueReader;
import dev.millrace.core.catalogue.Catalogues;
import dev.millrace.core.catalogue.DimensionValues;
import dev.millrace.core.catalogue.Hit;
import dev.millrace.core.catalogue.Metric;
import dev.millrace.core.catalogue.MetricDefinition;
import dev.millrace.core.catalogue.ReadableCatalogue;
import dev.millrace.core.catalogue.SessionRows;
import dev.millrace.core.catalogue.WindowSize;
import dev.millrace.core.catalogue.WindowSize.Window;
import dev.millrace.core.event.BinaryEvent;
import dev.millrace.core.event.MessageIds;
import dev.millrace.core.oracle.OracleEvent;
import dev.millrace.core.oracle.Row;
import dev.millrace.core.oracle.SessionOracleRow;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInput;
import java.io.DataInputStream;
import java.io.DataOutput;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/** All stages of measuring in one thread, without Flink; what they keep goes through its binary form now and then. */
public final class InMemory {
    /** Reads metrics as they are configured. */
    public static final JsonMapper CONFIG = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_ENUMS)
            .addModule(new SimpleModule().addDeserializer(Duration.class, new StdDeserializer<>(Duration.class) {
                @Override
                public Duration deserialize(JsonParser parser, DeserializationContext context) throws IOException {
                    return Duration.parse(("PT" + parser.getText())
                            .replaceAll("PT(\\d+)d", "P$1D")
                            .toUpperCase());
                }
            }))
            .build();

    private static final Texts TEXTS = new Texts();

    private interface Writer<T> {
        void write(T value, DataOutput out) throws IOException;
    }

    private interface Reader<T> {
        T read(DataInput in, Texts texts) throws IOException;
    }

    static final class DaysInMemory implements OlderDays {
        private final Map<Long, Day> days = new TreeMap<>();

        @Override
        public Day get(long number) {
            return days.get(number);
        }

        @Override
        public void put(Day day) {
            days.put(day.number(), day);
        }

        @Override
        public void remove(long number) {
            days.remove(number);
        }

        @Override
        public List<Long> numbers() {
            return List.copyOf(days.keySet());
        }
    }

    private final ReadableCatalogue catalogue;
    private final CatalogueReader reader;
    private final Random random;
    private final Measuring rules;
    private final Map<String, Leaf> leaves = new HashMap<>();
    private final Map<String, DaysInMemory> leafDays = new HashMap<>();
    private final Map<String, Profile> profiles = new HashMap<>();
    private final Map<String, DaysInMemory> profileDays = new HashMap<>();
    private final Map<String, Long> firstSeen = new HashMap<>();
    private final Combiner combiner = new Combiner();
    private final Map<TotalKey, Map<String, Total>> totals = new HashMap<>();
    private final Map<String, Map<Long, Fragment>> sessions = new HashMap<>();
    /** By leaf: what it told, and nobody has heard yet. Words of several leaves overtake each other. */
    private final Map<Long, Deque<ProfileChange>> underWay = new TreeMap<>();

    private long offset;
    private long hotSince = Measuring.EVER;

    public InMemory(ReadableCatalogue catalogue, long horizonMillis, Random random) {
        this.catalogue = catalogue;
        this.reader = catalogue.reader();
        this.random = random;
        this.rules = new Measuring(
                catalogue.catalogue(), horizonMillis, 86_400_000, 1000, Measuring.MOST_AN_HOUR, 3_600_000);
    }

    /** The catalogue of metrics as they are configured; null: it is refused. */
    public static ReadableCatalogue catalogue(JsonNode metrics, JsonNode sessions, ZoneId zone) {
        try {
            List<MetricDefinition> definitions = new ArrayList<>();
            for (JsonNode metric : metrics) {
                definitions.add(CONFIG.treeToValue(metric, MetricDefinition.class));
            }
            return Catalogues.of(
                    definitions, sessions == null ? null : CONFIG.treeToValue(sessions, SessionRows.class), zone);
        } catch (ValueInstantiationException e) {
            return null;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** How far event time has come. */
    public void watermark(long millis) {
        hear();
        hotSince = Math.max(hotSince, rules.hotSince(millis));
    }

    /** An event of a leaf that belongs to a profile by now. */
    public Leaf.Outcome event(OracleEvent event, String profileId) {
        firstSeen.merge(event.leaf(), event.timeMillis(), Math::min);
        List<Hit> hits = new ArrayList<>();
        reader.read(BinaryEvent.envelope(event.event(), random), event.timeMillis(), hits::add);
        return observe(new Observation(
                event.leaf(),
                profileId,
                null,
                firstSeen.get(event.leaf()),
                0,
                new Observation.SeenEvent(
                        "raw/0",
                        offset++,
                        event.timeMillis(),
                        MessageIds.hash("m" + offset),
                        false,
                        event.arrivedMillis(),
                        hits,
                        null,
                        null),
                null));
    }

    /** A leaf belongs to a profile from now on. */
    public void move(String leaf, String profileId) {
        observe(new Observation(
                leaf, profileId, null, firstSeen.getOrDefault(leaf, ProfileChange.UNKNOWN), 0, null, null));
    }

    private Leaf.Outcome observe(Observation record) {
        Leaf leaf = leaves.getOrDefault(record.identifier(), new Leaf());
        DaysInMemory days = leafDays.computeIfAbsent(record.identifier(), key -> new DaysInMemory());
        Leaf.Outcome outcome = leaf.next(record, hotSince, rules, days, new Leaf.Output() {
            @Override
            public void change(ProfileChange change) {
                underWay.computeIfAbsent(change.leaf(), key -> new ArrayDeque<>())
                        .add(copy(change, MetricCodec::write, MetricCodec::readChange));
            }

            @Override
            public void count(Hit hit, long timeMillis) {
                combiner.count(hit.metric(), hit.dimensions(), timeMillis, hit.micros());
            }
        });
        leaves.put(
                record.identifier(),
                random.nextInt(4) == 0 ? copy(leaf, MetricCodec::write, MetricCodec::readLeaf) : leaf);
        while (!underWay.isEmpty() && random.nextBoolean()) {
            hearOne();
        }
        return outcome;
    }

    private void hear() {
        while (!underWay.isEmpty()) {
            hearOne();
        }
    }

    /** A leaf's next word; which leaf's is chance. */
    private void hearOne() {
        List<Long> speakers = List.copyOf(underWay.keySet());
        Long speaker = speakers.get(random.nextInt(speakers.size()));
        ProfileChange change = underWay.get(speaker).remove();
        if (underWay.get(speaker).isEmpty()) {
            underWay.remove(speaker);
        }
        String id = change.profileId();
        Profile profile = profiles.getOrDefault(id, new Profile());
        DaysInMemory days = profileDays.computeIfAbsent(id, key -> new DaysInMemory());
        profile.apply(change, hotSince, rules, days, new Profile.Output() {
            @Override
            public void add(Metric metric, WindowSize size, Window window, String dimensions, long[] amounts) {
                combiner.add(metric, size, window, dimensions, amounts);
            }

            @Override
            public void session(Fragment session) {
                sessions.computeIfAbsent(id, key -> new TreeMap<>()).put(session.firstMillis(), session);
            }

            @Override
            public void noSession(long startMillis) {
                sessions.getOrDefault(id, new HashMap<>()).remove(startMillis);
            }
        });
        profiles.put(
                id, random.nextInt(4) == 0 ? copy(profile, MetricCodec::write, MetricCodec::readProfile) : profile);
    }

    /** All rows as they are now, but for those that are 0. */
    public Map<Row, Double> rows() {
        hear();
        combiner.flush(Freshness.UNKNOWN, delta -> {
            Metric metric = catalogue.catalogue().byId(delta.key().metric());
            totals.computeIfAbsent(delta.key(), key -> new HashMap<>())
                    .computeIfAbsent(delta.dimensions(), key -> Total.of(metric))
                    .add(metric, delta.amounts());
        });
        Map<Row, Double> rows = new HashMap<>();
        totals.forEach((key, byDimensions) -> byDimensions.forEach((dimensions, total) -> MetricRows.write(
                catalogue.catalogue().byId(key.metric()),
                key,
                dimensions,
                copy(total, MetricCodec::write, (in, texts) -> MetricCodec.readTotal(in)),
                0,
                false,
                row -> {
                    if (row.value() != 0) {
                        rows.put(
                                Row.of(
                                        row.metric(),
                                        row.windowSize(),
                                        row.windowStartMillis(),
                                        row.windowEndMillis(),
                                        row.dimensions()),
                                row.value());
                    }
                })));
        return rows;
    }

    /** All sessions as they are now. */
    public List<SessionOracleRow> sessions() {
        hear();
        List<SessionOracleRow> rows = new ArrayList<>();
        sessions.forEach((profileId, ofProfile) -> ofProfile.values().forEach(session -> {
            String[] landing = DimensionValues.parse(session.landing());
            rows.add(new SessionOracleRow(
                    profileId,
                    session.firstMillis(),
                    session.lastMillis(),
                    landing[0],
                    landing[1],
                    session.entry() == null ? null : session.entry().page(),
                    session.exit() == null ? null : session.exit().page(),
                    session.events(),
                    session.orders(),
                    session.revenueMicros()));
        }));
        return rows;
    }

    private static <T> T copy(T value, Writer<T> writer, Reader<T> reader) {
        try {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            writer.write(value, new DataOutputStream(bytes));
            return reader.read(new DataInputStream(new ByteArrayInputStream(bytes.toByteArray())), TEXTS);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
