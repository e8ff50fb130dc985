package dev.millrace.setup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.runtime.config.MillraceConfig.StoreOptions;
import dev.millrace.runtime.postgres.PostgresServer;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The serving store in a real PostgreSQL: partitions, what views say, and that they use indexes. */
class CatalogueITCase {
    /** SQLSTATE of a row that no partition takes. */
    private static final String NO_PARTITION = "23514";

    /** Writers wait between tries, too: whoever has just made a partition may have to wait for a processor to tell others. */
    private static final int MOST_TRIES = 3_000;

    private static final long PAUSE_MILLIS = 20;

    @TempDir
    private static Path directory;

    private static PostgresServer server;

    private StoreDatabase store;

    @BeforeAll
    static void startServer() throws Exception {
        server = PostgresServer.start(directory);
    }

    @AfterAll
    static void stopServer() throws Exception {
        server.close();
    }

    @BeforeEach
    void migrate() throws SQLException {
        store = StoreDatabase.migrated(server);
    }

    @AfterEach
    void close() throws SQLException {
        store.close();
    }

    @Test
    void rowsOfEarlierVersionsStayAndLearnWhereTheirWindowsEnd() throws SQLException {
        StoreOptions old = server.database();
        Flyway.configure()
                .dataSource(old.url(), old.user(), old.password())
                .locations("classpath:millrace/postgres")
                .defaultSchema("public")
                .target("2")
                .load()
                .migrate();
        try (StoreDatabase before = StoreDatabase.of(old)) {
            before.run(
                    """
                    insert into metric_values
                    select metric, size, start::timestamptz, '{"event": "Order Completed"}', 7.5, 3, '2026-01-01Z', '2026-01-02Z'
                    from (values ('events', '1m', '2008-04-01 00:59Z'), ('events', '1h', '2026-02-28 23:00Z'),
                                 ('events', '6h', '2026-02-28 18:00Z'), ('events', '1d', '2026-02-28 00:00Z'),
                                 ('vienna', '1d', '2026-03-27 23:00Z'), ('vienna', '1d', '2026-03-28 23:00Z'),
                                 ('vienna', '1d', '2026-03-29 22:00Z'), ('vienna', '1d', '2026-10-24 22:00Z'),
                                 ('vienna', '1d', '2026-10-25 23:00Z')) v (metric, size, start);
                    insert into metric_values
                    values ('vienna', '1d', '2026-03-28 23:00Z', '{}', 1, 0, now(), null);
                    insert into identifiers values ('user_id:42', 'p', now(), now(), now());
                    """);
            Store.migrate(old, line -> {});

            assertThat(
                            before.rows(
                                    "select metric, window_size, window_start, window_end from metric_values order by 1, 2, 3, dimensions"))
                    .containsExactly(
                            List.of("events", "1d", "2026-02-28T00:00:00Z", "2026-03-01T00:00:00Z"),
                            List.of("events", "1h", "2026-02-28T23:00:00Z", "2026-03-01T00:00:00Z"),
                            List.of("events", "1m", "2008-04-01T00:59:00Z", "2008-04-01T01:00:00Z"),
                            List.of("events", "6h", "2026-02-28T18:00:00Z", "2026-03-01T00:00:00Z"),
                            List.of("vienna", "1d", "2026-03-27T23:00:00Z", "2026-03-28T23:00:00Z"),
                            List.of("vienna", "1d", "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z"),
                            List.of("vienna", "1d", "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z"),
                            List.of("vienna", "1d", "2026-03-29T22:00:00Z", "2026-03-30T22:00:00Z"),
                            List.of("vienna", "1d", "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z"),
                            List.of("vienna", "1d", "2026-10-25T23:00:00Z", "2026-10-26T23:00:00Z"));
            assertThat(
                            before.rows(
                                    "select dimensions, value, revision, updated_at, corrected_at from metric_values where window_size = '1m'"))
                    .containsExactly(List.of(
                            "{\"event\": \"Order Completed\"}",
                            "7.5",
                            "3",
                            "2026-01-01T00:00:00Z",
                            "2026-01-02T00:00:00Z"));
            assertThat(before.column("select name from partitions_of('metric_values')"))
                    .containsExactly(
                            "metric_values_y2008m04",
                            "metric_values_y2026m02",
                            "metric_values_y2026m03",
                            "metric_values_y2026m10");
            assertThat(before.value("select profile_id from identifiers")).isEqualTo("p");
        }
    }

    @Test
    void everythingSaysWhatItIs() throws SQLException {
        assertThat(
                        store.column(
                                """
                                select c.relname || coalesce('.' || a.attname, '')
                                from pg_class c
                                left join pg_attribute a
                                    on a.attrelid = c.oid and a.attnum > 0 and c.relkind <> 'v'
                                where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v')
                                  and c.relname not like 'flyway%'
                                  and (obj_description(c.oid, 'pg_class') is null
                                       or a.attnum is not null and col_description(c.oid, a.attnum) is null)
                                union all
                                select proname from pg_proc
                                where pronamespace = 'public'::regnamespace and obj_description(oid, 'pg_proc') is null"""))
                .isEmpty();
    }

    @Test
    void aPartitionIsNamedAfterItsTimeInUtc() throws SQLException {
        store.run("select ensure_partition('metric_values', ?)", Instant.parse("2026-11-30T23:59:59Z"));
        store.run("select ensure_partition('sessions', ?)", Instant.parse("2026-11-21T00:00:00Z"));
        store.run("select ensure_partition('sessions', ?)", Instant.parse("2026-11-21T23:59:59.999Z"));
        store.run("select ensure_partition('recent_events', ?)", Instant.parse("0001-01-01T00:00:00Z"));
        store.run("select ensure_partition('recent_events', ?)", Instant.parse("9999-12-31T23:59:59Z"));

        assertThat(store.rows("select * from partitions_of('metric_values')"))
                .containsExactly(List.of("metric_values_y2026m11", "2026-11-01T00:00:00Z", "2026-12-01T00:00:00Z"));
        assertThat(store.rows("select * from partitions_of('sessions')"))
                .containsExactly(List.of("sessions_y2026m11d21", "2026-11-21T00:00:00Z", "2026-11-22T00:00:00Z"));
        assertThat(store.rows("select * from partitions_of('recent_events')"))
                .containsExactly(
                        List.of("recent_events_y0001m01d01", "0001-01-01T00:00:00Z", "0001-01-02T00:00:00Z"),
                        List.of("recent_events_y9999m12d31", "9999-12-31T00:00:00Z", "+10000-01-01T00:00:00Z"));
    }

    @Test
    void whatIsNoTableOrNoTimeIsRefused() {
        assertThatThrownBy(() -> store.run("select ensure_partition('identifiers', now())"))
                .hasMessageContaining("identifiers is none of metric_values, sessions, recent_events");
        assertThatThrownBy(() -> store.run("select ensure_partition('sessions', 'infinity')"))
                .hasMessageContaining("infinity is no time in the years 1 to 9999");
        assertThatThrownBy(() -> store.run("select ensure_partition('sessions', null)"))
                .hasMessageContaining("is no time in the years 1 to 9999");
    }

    @Test
    void aPartitionThatIsThereWithoutBeingAttachedIsTold() throws SQLException {
        store.event("user_id:1", "2026-01-31T12:00:00Z", 0);
        store.run("alter table recent_events detach partition recent_events_y2026m01d31");
        assertThatThrownBy(() -> store.run("select ensure_partition('recent_events', '2026-01-31Z')"))
                .hasMessageContaining("recent_events_y2026m01d31 is there, but not attached to recent_events");
        store.run(
                "alter table recent_events attach partition recent_events_y2026m01d31"
                        + " for values from ('2026-01-31Z') to ('2026-02-01Z'); select ensure_partition('recent_events', '2026-01-31Z')");
        assertThat(store.value("select count(*) from recent_events")).isEqualTo("1");
    }

    @Test
    void manyMayAskForTheSamePartitionsAtOnceWhileOthersWriteAndRead() throws Exception {
        store.event("user_id:1", "2026-01-31T12:00:00Z", 0);
        // An open transaction holds the table as a writer does, to the end.
        try (Connection writer = PostgresServer.connect(store.store());
                Statement writing = writer.createStatement()) {
            writer.setAutoCommit(false);
            writing.execute("update recent_events set page = '/'");
            inEightThreads(number -> {
                Connection connection = PostgresServer.connect(store.store());
                try {
                    for (int day = 1; day <= 28; day++) {
                        String time = String.format("2026-02-%02d %02d:00Z", number % 2 == 0 ? day : 29 - day, number);
                        int tries = 0;
                        while (!insert(connection, number % 2 == 0, day, time)) {
                            assertThat(++tries)
                                    .as("tries to write into the partition of %s", time)
                                    .isLessThan(MOST_TRIES);
                            Thread.sleep(PAUSE_MILLIS);
                            connection.close();
                            connection = PostgresServer.connect(store.store());
                        }
                    }
                } finally {
                    connection.close();
                }
                return null;
            });
            writer.commit();
        }
        assertThat(store.value("select count(*) from partitions_of('recent_events')"))
                .isEqualTo("29");
        assertThat(store.value("select count(*) from recent_events")).isEqualTo("225");
    }

    /**
     * Does as the jobs' writers do. False: there is no such partition for this connection, which may never know of one that
     * another has just made.
     */
    private static boolean insert(Connection connection, boolean inTransaction, int day, String time)
            throws SQLException {
        connection.setAutoCommit(!inTransaction);
        try (Statement statement = connection.createStatement()) {
            statement.execute("set lock_timeout = '20s'");
            statement.execute("select ensure_partition('recent_events', '" + time + "')");
            if (inTransaction) {
                connection.commit();
            }
            statement.execute("insert into recent_events values ('user_id:1', '" + time + "', 'millrace.raw', 0, " + day
                    + ", 'page')");
            if (inTransaction) {
                connection.commit();
            }
            return true;
        } catch (SQLException e) {
            if (!NO_PARTITION.equals(e.getSQLState())) {
                throw e;
            }
            if (inTransaction) {
                connection.rollback();
            }
            return false;
        }
    }

    private interface Work {
        Void run(int number) throws Exception;
    }

    private static void inEightThreads(Work work) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            List<Callable<Void>> all = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                int number = i;
                all.add(() -> work.run(number));
            }
            for (Future<Void> each : threads.invokeAll(all)) {
                each.get();
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void aWindowIsOpenThenClosedThenPastTheHorizonByTheSlowestWriter() throws SQLException {
        store.metric("events", "1h", "2026-11-21T10:00:00Z", "2026-11-21T11:00:00Z", "{}", 1);
        store.metric("events", "1h", "2026-11-21T09:00:00Z", "2026-11-21T10:00:00Z", "{}", 1);
        store.metric("events", "1h", "2026-11-14T09:00:00Z", "2026-11-14T10:00:00Z", "{}", 1);
        String states = "select window_state, complete from metric_windows order by window_start desc";
        assertThat(store.rows(states))
                .containsExactly(List.of("open", "f"), List.of("open", "f"), List.of("open", "f"));

        store.progress("a", "2026-11-21T10:00:00Z", "2026-11-14T10:00:00Z");
        assertThat(store.rows(states))
                .containsExactly(List.of("open", "f"), List.of("closed", "t"), List.of("past_horizon", "t"));

        store.progress("b", "2026-11-21T12:00:00Z", null);
        assertThat(store.rows(states))
                .containsExactly(List.of("open", "f"), List.of("closed", "t"), List.of("closed", "t"));

        store.run("update event_time_progress set event_time = event_time - interval '1 s', hot_since = '2026-11-14Z'");
        assertThat(store.rows(states))
                .containsExactly(List.of("open", "f"), List.of("open", "f"), List.of("closed", "t"));
    }

    @Test
    void aDayBeforeIsADayByTheClockOfTheMetricsZone() throws SQLException {
        aDayBeforeIsADayByTheClockOf(ZoneId.of("Europe/Vienna"));
        assertThat(store.rows("select window_size, window_start, previous_value::bigint, day_before_value::bigint,"
                        + " week_before_value::bigint from metric_trend"))
                .contains(Arrays.asList(
                        "1h",
                        "2026-03-30T00:00:00Z",
                        String.valueOf(Instant.parse("2026-03-29T23:00:00Z").getEpochSecond()),
                        null,
                        String.valueOf(Instant.parse("2026-03-23T01:00:00Z").getEpochSecond())));
    }

    /** There midnight is left out, and comes twice. */
    @Test
    void aDayBeforeIsADayWhereMidnightComesTwice() throws SQLException {
        aDayBeforeIsADayByTheClockOf(ZoneId.of("Atlantic/Azores"));
    }

    private void aDayBeforeIsADayByTheClockOf(ZoneId zone) throws SQLException {
        store.define("orders", "{1h,1d}", zone.getId());
        // Both changes of the clock lie within, and a value is its window's number.
        for (String change : List.of("2026-03-29", "2026-10-25")) {
            ZonedDateTime begin = ZonedDateTime.parse(change + "T00:00Z")
                    .withZoneSameInstant(zone)
                    .minusDays(9);
            for (int hour = 0; hour < 24 * 14; hour++) {
                Instant start = begin.toInstant().plus(hour, ChronoUnit.HOURS);
                store.metric(
                        "orders",
                        "1h",
                        start.toString(),
                        start.plus(1, ChronoUnit.HOURS).toString(),
                        "{}",
                        start.getEpochSecond());
            }
            for (int day = 0; day < 15; day++) {
                ZonedDateTime start = day(begin, day);
                store.metric(
                        "orders",
                        "1d",
                        start.toInstant().toString(),
                        day(begin, day + 1).toInstant().toString(),
                        "{}",
                        start.toEpochSecond());
            }
        }
        List<List<String>> rows = store.rows(
                """
                select window_size, window_start, previous_value::bigint, day_before_value::bigint, week_before_value::bigint
                from metric_trend""");
        assertThat(rows).hasSize(2 * (24 * 14 + 15));
        List<List<String>> expected = new ArrayList<>();
        List<String> starts = rows.stream().map(row -> row.get(0) + row.get(1)).toList();
        for (List<String> row : rows) {
            String size = row.get(0);
            ZonedDateTime start = Instant.parse(row.get(1)).atZone(zone);
            boolean hour = size.equals("1h");
            ZonedDateTime previous = hour ? start.minus(1, ChronoUnit.HOURS) : day(start, -1);
            expected.add(Arrays.asList(
                    size,
                    row.get(1),
                    number(starts, size, previous),
                    number(starts, size, hour ? earlier(start, 1) : day(start, -1)),
                    number(starts, size, hour ? earlier(start, 7) : day(start, -7))));
        }
        assertThat(rows).containsExactlyElementsOf(expected);
    }

    /** When a day begins, so many days on. */
    private static ZonedDateTime day(ZonedDateTime time, int days) {
        return time.toLocalDate().plusDays(days).atStartOfDay(time.getZone());
    }

    /** By the clock; null where that time was skipped. The first of a time that comes twice. */
    private static ZonedDateTime earlier(ZonedDateTime start, int days) {
        ZonedDateTime earlier = start.toLocalDateTime().minusDays(days).atZone(start.getZone());
        return earlier.toLocalTime().equals(start.toLocalTime()) ? earlier : null;
    }

    private static String number(List<String> starts, String size, ZonedDateTime start) {
        return start != null && starts.contains(size + start.toInstant())
                ? String.valueOf(start.toEpochSecond())
                : null;
    }

    @Test
    void theWindowBeforeIsTheOneThatEndsWhereThisBeginsWithTheSameDimensions() throws SQLException {
        store.metric("people", "5m/1m", "2026-11-21T10:00:00Z", "2026-11-21T10:05:00Z", "{}", 4);
        store.metric("people", "5m/1m", "2026-11-21T10:01:00Z", "2026-11-21T10:06:00Z", "{}", 100);
        store.metric("people", "5m/1m", "2026-11-21T10:05:00Z", "2026-11-21T10:10:00Z", "{}", 5);
        store.metric("people", "5m/1m", "2026-11-21T10:05:00Z", "2026-11-21T10:10:00Z", "{\"source\": null}", 5);
        store.metric("people", "1d/6h", "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z", "{}", 8);
        store.metric("people", "1d/6h", "2026-10-25T23:00:00Z", "2026-10-26T23:00:00Z", "{}", 2);

        assertThat(
                        store.rows(
                                """
                        select window_size, dimensions, value, previous_value, change_percent
                        from metric_trend
                        where window_start in ('2026-11-21 10:05Z', '2026-10-25 23:00Z')
                        order by 1, 2"""))
                .containsExactly(
                        List.of("1d/6h", "{}", "2", "8", "-75"),
                        List.of("5m/1m", "{}", "5", "4", "25"),
                        Arrays.asList("5m/1m", "{\"source\": null}", "5", null, null));
    }

    @Test
    void aChangeFromNothingHasNoPercentage() throws SQLException {
        assertThat(
                        store.rows(
                                """
                        select change_percent(5, 0), change_percent(5, null), change_percent(-5, -10), change_percent(0, 4),
                               change_percent(3, -3)"""))
                .containsExactly(Arrays.asList(null, null, "50", "-100", "200"));
    }

    @Test
    void theLatestWindowIsCompleteAndTheRunningOneIsNot() throws SQLException {
        store.define("events", "{1h,5m/1m}", "UTC");
        store.define("orders", "{1d}", "Europe/Vienna");
        store.define("silent", "{1h,1d}", "UTC");
        store.metric("events", "1h", "2026-11-20T03:00:00Z", "2026-11-20T04:00:00Z", "{\"type\": \"page\"}", 1);
        store.metric("events", "1h", "2026-11-20T04:00:00Z", "2026-11-20T05:00:00Z", "{\"type\": \"page\"}", 3);
        store.metric("events", "1h", "2026-11-20T04:00:00Z", "2026-11-20T05:00:00Z", "{\"type\": \"track\"}", 4);
        store.metric("events", "1h", "2026-11-21T10:00:00Z", "2026-11-21T11:00:00Z", "{\"type\": \"page\"}", 5);
        store.metric("events", "1h", "2026-11-21T12:00:00Z", "2026-11-21T13:00:00Z", "{\"type\": \"page\"}", 6);
        for (int minute = 20; minute < 32; minute++) {
            store.metric(
                    "events",
                    "5m/1m",
                    "2026-11-21T10:" + minute + ":00Z",
                    Instant.parse("2026-11-21T10:" + minute + ":00Z")
                            .plusSeconds(300)
                            .toString(),
                    "{}",
                    minute);
        }
        store.metric("orders", "1d", "2026-11-19T23:00:00Z", "2026-11-20T23:00:00Z", "{}", 7);
        store.metric("orders", "1d", "2026-11-20T23:00:00Z", "2026-11-21T23:00:00Z", "{}", 8);
        store.metric("undefined", "1d", "2026-11-19T00:00:00Z", "2026-11-20T00:00:00Z", "{}", 9);
        assertThat(store.rows("select * from metric_latest")).isEmpty();
        store.progress("a", "2026-11-21T10:30:00Z", null);

        assertThat(
                        store.rows(
                                """
                        select metric, window_size, window_start, dimensions, value, previous_value, window_state
                        from metric_latest order by 1, 2, 4"""))
                .containsExactly(
                        Arrays.asList(
                                "events", "1h", "2026-11-20T04:00:00Z", "{\"type\": \"page\"}", "3", "1", "closed"),
                        Arrays.asList(
                                "events", "1h", "2026-11-20T04:00:00Z", "{\"type\": \"track\"}", "4", null, "closed"),
                        Arrays.asList("events", "5m/1m", "2026-11-21T10:25:00Z", "{}", "25", "20", "closed"),
                        Arrays.asList("orders", "1d", "2026-11-19T23:00:00Z", "{}", "7", null, "closed"));
        assertThat(
                        store.rows(
                                "select metric, window_size, value, previous_value, window_state from metric_running order by 1, 2, 3"))
                .containsExactly(
                        Arrays.asList("events", "1h", "5", null, "open"),
                        Arrays.asList("events", "5m/1m", "26", "21", "open"),
                        Arrays.asList("events", "5m/1m", "27", "22", "open"),
                        Arrays.asList("events", "5m/1m", "28", "23", "open"),
                        Arrays.asList("events", "5m/1m", "29", "24", "open"),
                        Arrays.asList("events", "5m/1m", "30", "25", "open"),
                        Arrays.asList("orders", "1d", "8", "7", "open"));
    }

    /** Of hours that all metrics of a zone share, the one of 10 is complete. */
    @Test
    void whoFellToNothingIsInTheLatestWindowWithZero() throws SQLException {
        for (String metric : List.of("events", "orders", "revenue", "quiet", "never", "order_value")) {
            store.define(metric, "{1h}", "UTC");
        }
        store.define("elsewhere", "{1h}", "Europe/Vienna");
        store.run("update metric_definitions set dimensions = '{currency}' where metric in ('revenue', 'order_value');"
                + " update metric_definitions set aggregate = 'average' where metric = 'order_value'");
        store.metric("events", "1h", "2026-11-21T10:00:00Z", "2026-11-21T11:00:00Z", "{}", 9);
        store.metric("events", "1h", "2026-11-21T11:00:00Z", "2026-11-21T12:00:00Z", "{}", 2);
        store.metric("orders", "1h", "2026-11-21T09:00:00Z", "2026-11-21T10:00:00Z", "{}", 4);
        store.metric("orders", "1h", "2026-11-20T10:00:00Z", "2026-11-20T11:00:00Z", "{}", 3);
        store.metric("orders", "1h", "2026-11-14T10:00:00Z", "2026-11-14T11:00:00Z", "{}", 2);
        for (String metric : List.of("revenue", "order_value")) {
            store.metric(metric, "1h", "2026-11-21T09:00:00Z", "2026-11-21T10:00:00Z", "{\"currency\": \"USD\"}", 50);
            store.metric(metric, "1h", "2026-11-21T09:00:00Z", "2026-11-21T10:00:00Z", "{\"currency\": \"CHF\"}", 0);
            store.metric(metric, "1h", "2026-11-21T10:00:00Z", "2026-11-21T11:00:00Z", "{\"currency\": \"EUR\"}", 60);
        }
        store.metric("quiet", "1h", "2026-11-20T09:00:00Z", "2026-11-20T10:00:00Z", "{}", 1);
        // Whose windows are complete an hour later than others.
        store.define("sessions", "{1h}", "UTC");
        store.run("update metric_definitions set settles_after = '1 hour' where metric = 'sessions'");
        store.metric("sessions", "1h", "2026-11-21T08:00:00Z", "2026-11-21T09:00:00Z", "{}", 3);
        store.metric("elsewhere", "1h", "2026-11-21T08:00:00Z", "2026-11-21T09:00:00Z", "{}", 7);
        store.progress("a", "2026-11-21T11:30:00Z", "2026-11-14T11:30:00Z");

        assertThat(
                        store.rows(
                                """
                        select metric, window_start, dimensions, value, previous_value, change_percent, day_before_value,
                               week_before_value, window_state, complete
                        from metric_latest order by 1, 3"""))
                .containsExactly(
                        latest("elsewhere", "08", "{}", "7", null, null, null, null),
                        latest("events", "10", "{}", "9", null, null, null, null),
                        latest("order_value", "10", "{\"currency\": \"EUR\"}", "60", null, null, null, null),
                        latest("orders", "10", "{}", "0", "4", "-100", "3", "2"),
                        latest("quiet", "10", "{}", "0", null, null, null, null),
                        latest("revenue", "10", "{\"currency\": \"EUR\"}", "60", null, null, null, null),
                        latest("revenue", "10", "{\"currency\": \"USD\"}", "0", "50", "-100", null, null),
                        latest("sessions", "09", "{}", "0", "3", "-100", null, null));
    }

    @Test
    void whoMayBeAmongTheOthersHasNotFallenToNothing() throws SQLException {
        store.define("page_views", "{1h}", "UTC");
        store.define("visits", "{1h}", "UTC");
        store.run("update metric_definitions set dimensions = '{path}'");
        for (String metric : List.of("page_views", "visits")) {
            store.metric(metric, "1h", "2026-11-21T09:00:00Z", "2026-11-21T10:00:00Z", "{\"path\": \"/a\"}", 100);
            store.metric(metric, "1h", "2026-11-21T10:00:00Z", "2026-11-21T11:00:00Z", "{\"path\": \"/b\"}", 3);
        }
        store.metric(
                "page_views", "1h", "2026-11-21T10:00:00Z", "2026-11-21T11:00:00Z", "{\"path\": \"(other)\"}", 120);
        store.progress("a", "2026-11-21T11:30:00Z", "2026-11-14T11:30:00Z");

        assertThat(store.rows("select metric, dimensions ->> 'path', value, change_percent from metric_latest"
                        + " order by 1, 2"))
                .containsExactly(
                        Arrays.asList("page_views", "(other)", "120", null),
                        Arrays.asList("page_views", "/b", "3", null),
                        Arrays.asList("visits", "/a", "0", "-100"),
                        Arrays.asList("visits", "/b", "3", null));
    }

    @Test
    void ofNoSessionsThereIsNoMean() throws SQLException {
        for (String output : List.of("sessions", "sessions_length_seconds", "sessions_bounce_rate", "orders")) {
            store.define(output, "{1h}", "UTC");
            store.metric(output, "1h", "2026-11-21T09:00:00Z", "2026-11-21T10:00:00Z", "{}", 0);
        }
        store.run("update metric_definitions set aggregate = 'sessions' where metric like 'sessions%'");
        store.metric("sessions", "1h", "2026-11-21T10:00:00Z", "2026-11-21T11:00:00Z", "{}", 2);
        store.metric("sessions_bounce_rate", "1h", "2026-11-21T10:00:00Z", "2026-11-21T11:00:00Z", "{}", 0);
        for (String start : List.of("2026-11-22T09", "2026-11-28T09")) {
            store.metric(
                    "sessions_bounce_rate",
                    "1h",
                    start + ":00:00Z",
                    start.replace("T09", "T10") + ":00:00Z",
                    "{}",
                    0.5);
        }
        store.metric("unknown_bounce_rate", "1h", "2026-11-21T10:00:00Z", "2026-11-21T11:00:00Z", "{}", 0);

        assertThat(store.rows("select metric, window_start, value, previous_value, day_before_value, week_before_value"
                        + " from metric_trend order by 1, 2"))
                .containsExactly(
                        Arrays.asList("orders", "2026-11-21T09:00:00Z", "0", null, null, null),
                        Arrays.asList("sessions", "2026-11-21T09:00:00Z", "0", null, null, null),
                        Arrays.asList("sessions", "2026-11-21T10:00:00Z", "2", "0", null, null),
                        Arrays.asList("sessions_bounce_rate", "2026-11-21T10:00:00Z", "0", null, null, null),
                        Arrays.asList("sessions_bounce_rate", "2026-11-22T09:00:00Z", "0.5", null, null, null),
                        Arrays.asList("sessions_bounce_rate", "2026-11-28T09:00:00Z", "0.5", null, null, null),
                        Arrays.asList("unknown_bounce_rate", "2026-11-21T10:00:00Z", "0", null, null, null));
    }

    private static List<String> latest(String metric, String hour, String dimensions, String... values) {
        List<String> row = new ArrayList<>(List.of(metric, "2026-11-21T" + hour + ":00:00Z", dimensions));
        row.addAll(Arrays.asList(values));
        row.addAll(List.of("closed", "t"));
        return row;
    }

    @Test
    void whatBeganInAWindowMayGoOnBeforeThatIsComplete() throws SQLException {
        store.define("sessions", "{1h}", "UTC");
        store.run("update metric_definitions set settles_after = '30 min' where metric = 'sessions'");
        store.metric("sessions", "1h", "2026-11-21T09:00:00Z", "2026-11-21T10:00:00Z", "{}", 1);
        store.metric("sessions", "1h", "2026-11-21T10:00:00Z", "2026-11-21T11:00:00Z", "{}", 2);
        String states = "select window_state, complete from metric_windows order by window_start";
        String latest = "select value from metric_latest";
        store.progress("a", "2026-11-21T11:29:59Z", "2026-11-14T11:29:59Z");
        assertThat(store.rows(states)).containsExactly(List.of("closed", "t"), List.of("open", "f"));
        assertThat(store.rows(latest)).containsExactly(List.of("1"));

        store.run("update event_time_progress set event_time = '2026-11-21T11:30:00Z'");
        assertThat(store.rows(states)).containsExactly(List.of("closed", "t"), List.of("closed", "t"));
        assertThat(store.rows(latest)).containsExactly(List.of("2"));
    }

    @Test
    void theClockSaysHowFarWindowsOfArrivalsHaveCome() throws SQLException {
        store.define("data_health", "{1h}", "UTC");
        store.run("update metric_definitions set arrivals = true where metric = 'data_health'");
        Instant hour = Instant.parse(store.value("select to_char(date_trunc('hour', now(), 'UTC') at time zone 'UTC',"
                + " 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')"));
        for (int i = 0; i < 3; i++) {
            Instant start = hour.minus(i, ChronoUnit.HOURS);
            store.metric(
                    "data_health",
                    "1h",
                    start.toString(),
                    start.plus(1, ChronoUnit.HOURS).toString(),
                    "{}",
                    i + 1);
        }
        // History is loaded.
        store.progress("a", "2008-04-01T10:00:00Z", "2008-03-25T10:00:00Z");
        assertThat(store.rows("select value, previous_value, window_state from metric_latest"))
                .containsExactly(List.of("2", "3", "closed"));
        assertThat(store.rows("select value, previous_value, window_state from metric_running"))
                .containsExactly(List.of("1", "2", "open"));
    }

    @Test
    void aMergeBringsAPersonTheEventsOfBothWithNothingWritten() throws SQLException {
        store.identifier("user_id:42", "jane");
        store.identifier("anonymous_id:a", "nobody");
        store.event("user_id:42", "2026-11-21T10:00:00Z", 1);
        store.event("anonymous_id:a", "2026-11-20T09:00:00Z", 2);
        store.event("anonymous_id:a", "2026-11-21T10:00:00Z", 3);
        store.event("anonymous_id:b", "2026-11-21T11:00:00Z", 4);
        String journey =
                "select identifier, raw_offset, number from journeys where profile_id = 'jane' order by number";
        assertThat(store.rows(journey)).containsExactly(List.of("user_id:42", "1", "1"));

        store.run("update identifiers set profile_id = 'jane'");

        assertThat(store.rows(journey))
                .containsExactly(
                        List.of("anonymous_id:a", "3", "1"),
                        List.of("user_id:42", "1", "2"),
                        List.of("anonymous_id:a", "2", "3"));
        assertThat(store.rows("select * from journeys where profile_id = 'nobody'"))
                .isEmpty();
    }

    @Test
    void healthOfIdentityHasTheShapeOfMetrics() throws SQLException {
        store.run(
                """
                insert into profile_merges values
                    ('a', 'b', 'x:1', 'y:1', '2020-01-01Z', '2026-11-21 10:59Z'),
                    ('c', 'b', 'x:2', 'y:1', '2020-01-01Z', '2026-11-21 10:00Z'),
                    ('d', 'b', 'x:3', 'y:1', '2020-01-01Z', '2026-11-21 23:59Z');
                insert into identifiers values
                    ('device_id:k', 'jane', '2026-11-01Z', '2026-11-01Z', '2026-11-01Z'),
                    ('user_id:1', 'jane', '2026-11-01Z', '2026-11-01Z', '2026-11-01Z'),
                    ('user_id:2', 'joe', '2026-11-01Z', '2026-11-01Z', '2026-11-01Z');
                insert into identity_links values
                    ('device_id:k', 'user_id:1', '2026-11-01 07:30Z'), ('device_id:k', 'user_id:2', '2026-11-01 08:30Z');
                """);

        assertThat(
                        store.rows(
                                """
                        select metric, window_size, window_start, window_end, dimensions, value
                        from identity_health order by 1, 2, 3"""))
                .containsExactly(
                        List.of("profile_merges", "1d", "2026-11-21T00:00:00Z", "2026-11-22T00:00:00Z", "{}", "3"),
                        List.of("profile_merges", "1h", "2026-11-21T10:00:00Z", "2026-11-21T11:00:00Z", "{}", "2"),
                        List.of("profile_merges", "1h", "2026-11-21T23:00:00Z", "2026-11-22T00:00:00Z", "{}", "1"),
                        List.of("refused_links", "1d", "2026-11-01T00:00:00Z", "2026-11-02T00:00:00Z", "{}", "1"),
                        List.of("refused_links", "1h", "2026-11-01T08:00:00Z", "2026-11-01T09:00:00Z", "{}", "1"));
    }

    @Test
    void healthOfIdentityComparesWithWhatWasBefore() throws SQLException {
        store.progress("a", "2024-11-09T08:59:00Z", "2024-11-02T08:59:00Z");
        store.run(
                """
                insert into profile_merges values
                    ('a', 'b', 'x:1', 'y:1', '2020-01-01Z', '2024-11-01 10:01Z'),
                    ('c', 'b', 'x:2', 'y:1', '2020-01-01Z', '2024-11-07 10:59Z'),
                    ('d', 'b', 'x:3', 'y:1', '2020-01-01Z', '2024-11-07 10:59Z'),
                    ('e', 'b', 'x:4', 'y:1', '2020-01-01Z', '2024-11-08 09:59Z'),
                    ('f', 'b', 'x:5', 'y:1', '2020-01-01Z', '2024-11-08 10:00Z'),
                    ('g', 'b', 'x:6', 'y:1', '2020-01-01Z', '2024-11-08 10:00Z'),
                    ('h', 'b', 'x:7', 'y:1', '2020-01-01Z', '2024-11-08 10:59Z');
                insert into identifiers values
                    ('device_id:k', 'jane', '2024-11-01Z', '2024-11-01Z', '2024-11-01Z'),
                    ('user_id:1', 'jane', '2024-11-01Z', '2024-11-01Z', '2024-11-01Z'),
                    ('user_id:2', 'joe', '2024-11-01Z', '2024-11-01Z', '2024-11-01Z');
                insert into identity_links values
                    ('device_id:k', 'user_id:1', '2024-11-01 07:30Z'), ('device_id:k', 'user_id:2', '2024-11-09 08:30Z');
                """);

        String trend =
                """
                select value, previous_value, change_percent, day_before_value, day_change_percent,
                       week_before_value, week_change_percent
                from identity_health where metric = 'profile_merges' and window_size = '%s' and window_start = '%s'""";
        assertThat(store.rows(trend.formatted("1h", "2024-11-08 10:00Z")))
                .containsExactly(List.of("3", "1", "200", "2", "50", "1", "200"));
        assertThat(store.rows(trend.formatted("1d", "2024-11-08Z")))
                .containsExactly(List.of("4", "2", "100", "2", "100", "1", "300"));
        assertThat(store.rows(trend.formatted("1h", "2024-11-07 10:00Z")))
                .containsExactly(Arrays.asList("2", null, null, null, null, null, null));
        assertThat(store.rows("select window_size, complete::text from identity_health where metric = 'refused_links'"))
                .containsExactlyInAnyOrder(List.of("1h", "false"), List.of("1d", "false"));
        assertThat(store.value("select bool_and(complete)::text from identity_health where metric = 'profile_merges'"))
                .isEqualTo("true");
    }

    @Test
    void whatDashboardsAskGoesByIndexes() throws SQLException {
        store.define("events", "{1h,1d}", "UTC");
        store.define("page_views", "{1h}", "Europe/Vienna");
        store.progress("a", "2026-11-21T10:30:00Z", "2026-11-14T10:30:00Z");
        store.run(
                """
                select ensure_partition('metric_values', t)
                from generate_series('2026-06-01Z'::timestamptz, '2026-11-21Z', '1 day') t;
                select ensure_partition('recent_events', t)
                from generate_series('2026-11-14Z'::timestamptz, '2026-11-20Z', '1 day') t;
                insert into metric_values
                select 'page_views', '1h', t, t + interval '1 hour', jsonb_build_object('page', '/' || p), p, 0, now()
                from generate_series('2026-06-01Z'::timestamptz, '2026-11-21 10:00Z', '1 hour') t, generate_series(1, 50) p;
                insert into metric_values
                select 'events', '1h', t, t + interval '1 hour', '{}', 1, 0, now()
                from generate_series('2026-06-01Z'::timestamptz, '2026-11-21 10:00Z', '1 hour') t;
                insert into metric_values
                select 'events', '1d', t, t + interval '1 day', '{}', 1, 0, now()
                from generate_series('2026-06-01Z'::timestamptz, '2026-11-21Z', '1 day') t;
                insert into identifiers select 'user_id:' || i, 'p' || i / 2, now(), now(), now() from generate_series(1, 5000) i;
                insert into recent_events
                select 'user_id:' || i % 5000, '2026-11-14Z'::timestamptz + i * interval '10 s', 'millrace.raw', 0, i, 'page'
                from generate_series(1, 60000) i;
                analyze;
                """);
        for (String query : List.of(
                "select * from metric_values where metric = 'events' and window_size = '1h' order by window_start desc limit 5",
                "select * from metric_windows where metric = 'events' and window_size = '1h'",
                "select * from metric_trend where metric = 'events' and window_size = '1h'",
                "select * from metric_trend where metric = 'page_views' and window_size = '1h' and window_start > '2026-11-20Z'",
                "select * from metric_latest",
                "select * from metric_latest where metric = 'events'",
                "select * from metric_running",
                "select * from metric_running where metric = 'page_views'",
                "select max(window_start) from metric_values",
                "select * from journeys where profile_id = 'p77' order by event_time desc limit 50")) {
            assertThat(String.join("\n", store.column("explain " + query)))
                    .as(query)
                    .contains("Index")
                    .doesNotContain("Seq Scan on metric_values")
                    .doesNotContain("Seq Scan on recent_events");
        }
    }
}
