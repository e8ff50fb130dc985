package dev.millrace.verify;

import dev.millrace.core.identity.IdentifierType;
import dev.millrace.verify.ColdStorage.ColdFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.commons.codec.digest.MurmurHash3;
import org.duckdb.DuckDBAppender;

/**
 * Reads cold storage once, file by file, and writes down in short what each record is: tables {@code raw}, {@code link},
 * {@code name}, {@code file} and those of the measures.
 */
final class Recording {
    /** No event: the record is rejected. */
    static final int REJECTED = -1;

    private static final Set<String> TYPES = Set.of("track", "identify", "page", "screen", "group", "alias");
    /** Of what could not be decoded. */
    static final long NO_TIME = Long.MIN_VALUE;

    /** Links that are remembered, so that those of regulars are written once and not an event. */
    private static final int LINKS_REMEMBERED = 1 << 18;
    /** Files of one query. */
    private static final int FILES_AT_ONCE = 64;

    private static final int PROGRESS_EVERY = 1_000_000;

    private final Warehouse warehouse;
    private final EventReading reading;
    private final List<IdentifierType> types;
    private final long maxFutureMillis;
    private final List<Measure> measures;
    /** Null: sessions are not kept. */
    private final SessionMeasure sessions;
    /** Null: journeys are not kept. */
    private final JourneyMeasure journeys;

    private final Dimensions dimensions;
    private final Consumer<String> progress;

    private final Numbering identifiers = new Numbering();
    private long[] firstSeen = new long[1 << 12];
    private byte[] kinds = new byte[1 << 12];
    private final Map<String, Integer> topics = new HashMap<>();
    private final Map<String, Integer> files = new HashMap<>();
    private final Map<Path, String> uris = new HashMap<>();

    private final int[] rememberedOne = new int[LINKS_REMEMBERED];
    private final int[] rememberedOther = new int[LINKS_REMEMBERED];
    private final long[] rememberedMillis = new long[LINKS_REMEMBERED];

    private DuckDBAppender raw;
    private DuckDBAppender link;
    private DuckDBAppender name;
    private int count;

    Recording(
            Warehouse warehouse,
            EventReading reading,
            List<IdentifierType> types,
            long maxFutureMillis,
            List<Measure> measures,
            SessionMeasure sessions,
            JourneyMeasure journeys,
            Dimensions dimensions,
            Consumer<String> progress) {
        this.warehouse = warehouse;
        this.reading = reading;
        this.types = types;
        this.maxFutureMillis = maxFutureMillis;
        this.measures = measures;
        this.sessions = sessions;
        this.journeys = journeys;
        this.dimensions = dimensions;
        this.progress = progress;
    }

    /** Reads all files. */
    void record(ColdStorage storage) throws IOException, SQLException {
        warehouse.run("create table raw (no integer, topic integer, part integer, off bigint, file integer,"
                + " arrived bigint, leaf integer, millis bigint, message bigint, said integer)");
        warehouse.run("create table link (a integer, b integer, millis bigint, alias boolean)");
        warehouse.run("create table name (id integer, name varchar, sorted varchar)");
        raw = warehouse.appender("raw");
        link = warehouse.appender("link");
        name = warehouse.appender("name");
        for (Measure measure : measures) {
            measure.open(warehouse);
        }
        if (sessions != null) {
            sessions.open(warehouse);
        }
        List<String> all = storage.list();
        for (int from = 0; from < all.size(); from += FILES_AT_ONCE) {
            List<ColdFile> some = new ArrayList<>();
            for (String uri : all.subList(from, Math.min(all.size(), from + FILES_AT_ONCE))) {
                some.add(storage.fetch(uri, warehouse.directory()));
            }
            read(some);
            for (ColdFile file : some) {
                storage.release(file);
            }
        }
        raw.close();
        link.close();
        name.flush();
        for (Measure measure : measures) {
            measure.close();
        }
        if (sessions != null) {
            sessions.close();
        }
        dimensions.flush();
        writeDown("file", files);
        writeDown("topic", topics);
    }

    private void writeDown(String table, Map<String, Integer> names) throws SQLException {
        warehouse.run("create table " + table + " (id integer, name varchar)");
        try (DuckDBAppender rows = warehouse.appender(table)) {
            for (Map.Entry<String, Integer> each : names.entrySet()) {
                rows.beginRow();
                rows.append(each.getValue());
                rows.append(each.getKey());
                rows.endRow();
            }
        }
    }

    private void read(List<ColdFile> some) throws SQLException {
        uris.clear();
        some.forEach(file -> uris.put(file.local(), file.uri()));
        String paths = some.stream()
                .map(file -> "'" + Warehouse.quoted(file.local().toString()) + "'")
                .collect(Collectors.joining(", "));
        String columns = RawRow.FIELDS.stream().map(field -> '"' + field + '"').collect(Collectors.joining(", "));
        String query =
                "select topic, \"partition\", \"offset\", epoch_ms(record_timestamp), filename, decode_error is null, "
                        + "epoch_ms(\"timestamp\"), epoch_ms(sent_at), epoch_ms(received_at), " + columns
                        + " from read_parquet([" + paths
                        + "], filename = true, hive_partitioning = false, union_by_name = true)";
        new ReadAhead<Read>(read -> read.row().chars())
                .each(
                        reads -> warehouse.files(query, row -> reads.take(new Read(row(row), row.getString(5)))),
                        read -> take(read.row(), read.path()));
    }

    /** A record, and where it was read. */
    private record Read(RawRow row, String path) {}

    private static RawRow row(ResultSet row) throws SQLException {
        String[] fields = new String[RawRow.FIELDS.size()];
        boolean decoded = row.getBoolean(6);
        for (int i = 0; decoded && i < fields.length; i++) {
            fields[i] = row.getString(10 + i);
        }
        return new RawRow(
                row.getString(1),
                row.getInt(2),
                row.getLong(3),
                row.getLong(4),
                decoded && fields[RawRow.TYPE] != null,
                fields,
                millis(row, 7),
                millis(row, 8),
                millis(row, 9));
    }

    private static Long millis(ResultSet row, int column) throws SQLException {
        long millis = row.getLong(column);
        return row.wasNull() ? null : millis;
    }

    private void take(RawRow row, String path) throws SQLException {
        if (count == Integer.MAX_VALUE) {
            throw new VerifyException("cold storage has more records than can be numbered: " + count, null);
        }
        int no = count++;
        if (count % PROGRESS_EVERY == 0) {
            progress.accept("read " + count / PROGRESS_EVERY + " million records");
        }
        int leaf = REJECTED;
        int said = JourneyMeasure.NOTHING;
        long millis = row.decoded() ? row.timeMillis(maxFutureMillis) : NO_TIME;
        if (row.decoded() && TYPES.contains(row.field(RawRow.TYPE))) {
            reading.read(row);
            List<String> named = reading.identifiers();
            if (!named.isEmpty() && named.get(0).length() <= EventReading.MOST_CHARS) {
                leaf = people(named, millis);
                for (Measure measure : measures) {
                    measure.take(no, leaf, millis, row, reading, dimensions);
                }
                if (sessions != null) {
                    sessions.take(no, leaf, millis, row, reading, dimensions);
                }
                if (journeys != null) {
                    said = journeys.of(row, reading, dimensions);
                }
            }
        }
        raw.beginRow();
        raw.append(no);
        raw.append(topics.computeIfAbsent(row.topic(), any -> topics.size()));
        raw.append(row.partition());
        raw.append(row.offset());
        raw.append(file(path));
        raw.append(row.arrivedMillis());
        raw.append(leaf);
        raw.append(millis);
        raw.append(leaf == REJECTED ? 0 : message(row));
        raw.append(said);
        raw.endRow();
    }

    private int file(String path) {
        Integer known = files.get(path);
        if (known == null) {
            // Read from a copy, it is told by where the file itself lies.
            String uri = uris.getOrDefault(Path.of(path), path);
            known = files.computeIfAbsent(uri, any -> files.size());
        }
        return known;
    }

    /** Notes whom an event names; returns its leaf. */
    private int people(List<String> named, long millis) throws SQLException {
        int leaf = number(named.get(0));
        firstSeen[leaf] = Math.min(firstSeen[leaf], millis);
        for (int i = 1; i < named.size(); i++) {
            int other = number(named.get(i));
            firstSeen[other] = Math.min(firstSeen[other], millis);
            boolean alias = named.get(i).equals(reading.alias());
            link(Math.min(leaf, other), Math.max(leaf, other), millis, alias);
        }
        return leaf;
    }

    private void link(int one, int other, long millis, boolean alias) throws SQLException {
        int at = (one * 31 + other) * 0x9E3779B1 >>> 14;
        boolean known = rememberedOne[at] == one
                && rememberedOther[at] == other
                && one != other
                && rememberedMillis[at] <= millis;
        if (known && !alias) {
            return;
        }
        rememberedOne[at] = one;
        rememberedOther[at] = other;
        rememberedMillis[at] = millis;
        link.beginRow();
        link.append(one);
        link.append(other);
        link.append(millis);
        link.append(alias);
        link.endRow();
    }

    /** The number of an identifier of the store; one that no event names gets one of its own. */
    int numberOfFound(String identifier) throws SQLException {
        return number(identifier);
    }

    /** Ends what {@link #numberOfFound} writes down. */
    void flush() throws SQLException {
        name.flush();
    }

    /** The number of a topic; -1: no record is of it. */
    int topic(String topic) {
        return topics.getOrDefault(topic, -1);
    }

    private int number(String identifier) throws SQLException {
        int number = identifiers.of(identifier, 1);
        if (number >= 0) {
            return number;
        }
        int given = -1 - number;
        if (given == firstSeen.length) {
            firstSeen = Arrays.copyOf(firstSeen, 2 * given);
            kinds = Arrays.copyOf(kinds, 2 * given);
        }
        firstSeen[given] = Long.MAX_VALUE;
        kinds[given] = kind(identifier);
        name.beginRow();
        name.append(given);
        name.append(identifier);
        name.append(sorted(identifier));
        name.endRow();
        return given;
    }

    /** Of a type that is not configured: none. */
    private byte kind(String identifier) {
        String type = identifier.substring(0, Math.max(0, identifier.indexOf(':')));
        for (int i = 0; i < types.size(); i++) {
            if (types.get(i).name().equals(type)) {
                return (byte) i;
            }
        }
        return -1;
    }

    /** Text that DuckDB, which sorts by code points, sorts as Java does, by UTF-16; empty: the identifier itself. */
    private static String sorted(String identifier) {
        if (identifier.chars().allMatch(c -> c < 0x80)) {
            return "";
        }
        StringBuilder units = new StringBuilder();
        for (int i = 0; i < identifier.length(); i++) {
            char c = identifier.charAt(i);
            // A code unit as three characters of which each stands for the next bits; ASCII as itself.
            if (c < 0x80) {
                units.append(c);
            } else {
                units.append((char) (0x80 + (c >>> 12)))
                        .append((char) (0x80 + (c >>> 6 & 0x3F)))
                        .append((char) (0x80 + (c & 0x3F)));
            }
        }
        return units.toString();
    }

    private static long message(RawRow row) {
        String id = row.field(RawRow.MESSAGE_ID);
        if (id == null || id.isEmpty()) {
            id = said(row);
        }
        return MurmurHash3.hash128x64(id.getBytes(StandardCharsets.UTF_8))[0];
    }

    /** What an event without message id is known by: all that it says; without a time of its own also where it lies. */
    private static String said(RawRow row) {
        Long time = row.timestampMillis() == null ? row.receivedAtMillis() : row.timestampMillis();
        StringBuilder text = new StringBuilder();
        for (int i = RawRow.TYPE; i < RawRow.FIELDS.size(); i++) {
            String value = row.field(i);
            text.append(value == null ? -1 : value.length()).append(':').append(value);
        }
        text.append(time);
        if (time == null) {
            text.append(row.topic())
                    .append('/')
                    .append(row.partition())
                    .append('/')
                    .append(row.offset());
        }
        return text.toString();
    }

    /** Records read. */
    int count() {
        return count;
    }

    /** Identifiers found. */
    int people() {
        return identifiers.size();
    }

    long firstSeen(int identifier) {
        return firstSeen[identifier];
    }

    long[] firstSeen() {
        return firstSeen;
    }

    IdentifierType type(int identifier) {
        return types.get(kinds[identifier]);
    }
}
