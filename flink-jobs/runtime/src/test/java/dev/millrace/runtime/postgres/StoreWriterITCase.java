package dev.millrace.runtime.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.millrace.core.people.IdentifierRow;
import dev.millrace.core.people.Trait;
import dev.millrace.core.store.MetricRow;
import dev.millrace.core.store.SessionRow;
import dev.millrace.runtime.config.MillraceConfig.StoreOptions;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** One writer, a real PostgreSQL, and what may happen to either. */
class StoreWriterITCase extends StoreWriterFixture {
    @Test
    void aRowIsWrittenSoonWithoutAFlush() throws Exception {
        try (StoreWriter<MetricRow> writer = writer(Tables.METRIC_VALUES, ROWS, SHORT)) {
            writer.write(metric("a", 1));
            await().untilAsserted(() -> assertThat(values()).containsExactly("a|1"));
            writer.write(metric("a", 2));
            await().untilAsserted(() -> assertThat(values()).containsExactly("a|2"));
        }
    }

    @Test
    void aFullBatchIsWrittenAndTheRestByTheFlush() throws Exception {
        try (StoreWriter<MetricRow> writer = writer(Tables.METRIC_VALUES, 10, LONG)) {
            for (int i = 0; i < 25; i++) {
                writer.write(metric("m" + i, i));
            }
            await().untilAsserted(() -> assertThat(values()).hasSize(20));
            writer.flush();
            assertThat(values()).hasSize(25);
            assertThat(metrics.count("rows_written")).isEqualTo(25);
            assertThat(metrics.count("batches")).isEqualTo(3);
            assertThat(metrics.gauge("last_batch_millis")).isBetween(0L, 10_000L);
        }
    }

    @Test
    void rowsOfOneKeyAreOneInABatchAndTheLastHolds() throws Exception {
        try (StoreWriter<MetricRow> writer = writer(Tables.METRIC_VALUES, ROWS, LONG)) {
            for (int i = 0; i < 5000; i++) {
                writer.write(metric("m" + i % 7, i));
            }
            writer.flush();
        }
        assertThat(values())
                .containsExactly("m0|4998", "m1|4999", "m2|4993", "m3|4994", "m4|4995", "m5|4996", "m6|4997");
        assertThat(metrics.count("rows_written")).isEqualTo(7);
        assertThat(metrics.count("batches")).isEqualTo(1);
    }

    @Test
    void inLargeBatchesRowsEndAsOneByOne() throws Exception {
        Random random = new Random(3);
        List<IdentifierRow> identifiers = new ArrayList<>();
        List<Trait> traits = new ArrayList<>();
        List<SessionRow> sessions = new ArrayList<>();
        for (int i = 0; i < 1500; i++) {
            long time = random.nextInt(1000);
            identifiers.add(new IdentifierRow(
                    "i" + random.nextInt(60),
                    "p" + random.nextInt(10),
                    time,
                    time + random.nextInt(100),
                    random.nextInt(3) == 0 ? (Long) time : null,
                    random.nextBoolean(),
                    random.nextInt(4) == 0));
            String value = List.of("1", "1.0", "{\"b\":1,\"a\":2}", "{\"a\":2, \"b\":1}", "\"x\"", "\"é\"")
                    .get(random.nextInt(6));
            traits.add(new Trait(
                    "i" + random.nextInt(10), "t" + random.nextInt(5), value, random.nextInt(5), random.nextBoolean()));
            sessions.add(new SessionRow(
                    "p" + random.nextInt(10),
                    random.nextInt(10) * 40_000_000L,
                    time,
                    null,
                    null,
                    null,
                    null,
                    i,
                    0,
                    i,
                    i,
                    random.nextInt(3) == 0));
        }
        List<List<String>> ends = new ArrayList<>();
        for (int maxRows : List.of(1, 37, 1000)) {
            empty();
            writeAll(Tables.IDENTIFIERS, identifiers, maxRows);
            writeAll(Tables.IDENTIFIER_TRAITS, traits, maxRows);
            writeAll(Tables.SESSIONS, sessions, maxRows);
            List<String> end = new ArrayList<>(postgres.rows("select * from identifiers order by 1"));
            end.addAll(postgres.rows("select * from identifier_traits order by 1, 2"));
            end.addAll(postgres.rows("select * from sessions order by 1, 2"));
            ends.add(end);
        }
        assertThat(ends.get(0)).hasSizeGreaterThan(150).isEqualTo(ends.get(1)).isEqualTo(ends.get(2));
    }

    @Test
    void whatPostgresTakesForOneKeyIsWrittenInOrder() throws Exception {
        try (StoreWriter<MetricRow> writer = writer(Tables.METRIC_VALUES, ROWS, LONG)) {
            writer.write(metric("a", "{\"n\":1.0}", 1));
            writer.write(metric("b", 5));
            writer.write(metric("a", "{\"n\":1}", 2));
            writer.write(metric("a", "{\"n\":1.0}", 3));
            writer.flush();
        }
        assertThat(values()).containsExactly("a|3", "b|5");
        assertThat(metrics.count("rows_refused")).isZero();
    }

    @Test
    void rowsThatTheTableDoesNotTakeAreLeftOutAndAllOthersWritten() throws Exception {
        try (StoreWriter<MetricRow> writer = writer(Tables.METRIC_VALUES, ROWS, LONG)) {
            for (int i = 0; i < 500; i++) {
                writer.write(metric("m" + i, i));
            }
            writer.write(metric("no json", "{", 1));
            writer.write(metric("NUL \0", 1));
            writer.write(metric("NUL in json", "{\"a\":\"\\u0000\"}", 1));
            writer.write(metric("half a pair \ud83d", 1));
            writer.write(metric("line\nbreak", "nor this", 1));
            writer.write(metric("key too long " + noise(4000), 1));
            writer.write(new MetricRow("year 10000", "1m", 253_402_300_800_000L, 1, "{}", 1, 0, 0, null));
            writer.write(new MetricRow("no time at all", "1m", Long.MAX_VALUE, Long.MIN_VALUE, "{}", 1, 0, 0, null));
            writer.write(new MetricRow("end", "1m", 0, Long.MIN_VALUE, "{}", 1, 0, 0, null));
            for (int i = 500; i < 900; i++) {
                writer.write(metric("m" + i, i));
            }
            writer.flush();
            assertThat(metrics.count("rows_refused")).isEqualTo(9);
            writer.write(metric("m0", -1));
            writer.flush();
        }
        assertThat(postgres.rows("select count(*), sum(value) from metric_values"))
                .containsExactly("900|" + (899 * 450 - 1));
    }

    @Test
    void aServerThatGoesAndComesBackIsWaitedFor() throws Exception {
        try (StoreWriter<MetricRow> writer = writer(Tables.METRIC_VALUES, 10, SHORT)) {
            writer.write(metric("before", 0));
            writer.flush();
            assertThat(metrics.gauge("store_away")).isZero();
            postgres.stop();
            CompletableFuture<Void> written;
            try {
                written = CompletableFuture.runAsync(() -> {
                    try {
                        for (int i = 0; i < 1000; i++) {
                            writer.write(metric("m" + i, i));
                        }
                        writer.flush();
                    } catch (Exception e) {
                        throw new CompletionException(e);
                    }
                });
                await().untilAsserted(
                                () -> assertThat(metrics.gauge("store_away")).isEqualTo(1));
                assertThat(written).isNotDone();
            } finally {
                postgres.start();
            }
            written.get(1, TimeUnit.MINUTES);
            assertThat(metrics.gauge("store_away")).isZero();
            assertThat(metrics.count("rows_refused")).isZero();
        }
        assertThat(values()).hasSize(1001);
    }

    @Test
    void aConnectionThatIsCutInTheMiddleOfAStatementCostsNothing() throws Exception {
        try (StoreWriter<MetricRow> writer = writer(Tables.METRIC_VALUES, ROWS, LONG);
                Connection holder = postgres.connect();
                Statement statement = holder.createStatement()) {
            writer.write(metric("a", 1));
            writer.flush();
            holder.setAutoCommit(false);
            statement.execute("lock table metric_values");
            CompletableFuture<Void> written = flushLater(writer, metric("a", 2));
            awaitBlockedWriters(1);
            postgres.rows("select pg_terminate_backend(pid) from pg_stat_activity"
                    + " where application_name = 'millrace-measure'");
            holder.rollback();
            written.get(1, TimeUnit.MINUTES);
        }
        assertThat(values()).containsExactly("a|2");
    }

    @Test
    void whoWasTakenForDeadAndIsNotWritesNothingMore() throws Exception {
        Seat seat = new Seat(1, 2);
        Duration patience = Duration.ofMinutes(1);
        try (StoreWriter<MetricRow> paused = new StoreWriter<>(
                        Tables.METRIC_VALUES, seat, postgres.store(), ROWS, LONG, patience, metrics, "paused");
                StoreWriter<MetricRow> beside = new StoreWriter<>(
                        Tables.METRIC_VALUES,
                        new Seat(0, 2),
                        postgres.store(),
                        ROWS,
                        LONG,
                        patience,
                        metrics,
                        "beside")) {
            paused.write(metric("a", 1));
            paused.flush();
            beside.write(metric("b", 1));
            beside.flush();
            try (StoreWriter<MetricRow> inItsPlace = new StoreWriter<>(
                    Tables.METRIC_VALUES, seat, postgres.store(), ROWS, LONG, patience, metrics, "in its place")) {
                inItsPlace.awaitBegun();
                paused.write(metric("a", 7));
                assertThatThrownBy(() -> paused.flush())
                        .isInstanceOf(StoreException.class)
                        .hasMessageContaining("another process writes metric_values since")
                        .hasMessageContaining("taken for dead");
                inItsPlace.write(metric("a", 2));
                inItsPlace.flush();
                beside.write(metric("b", 2));
                beside.flush();
            }
        }
        assertThat(values()).containsExactly("a|2", "b|2");
    }

    @Test
    void afterRescalingNoneOfTheWritersBeforeWritesAnyMore() throws Exception {
        Duration patience = Duration.ofMinutes(1);
        try (StoreWriter<SessionRow> before = new StoreWriter<>(
                        Tables.SESSIONS, new Seat(1, 2), postgres.store(), ROWS, LONG, patience, metrics, "before");
                StoreWriter<SessionRow> after = new StoreWriter<>(
                        Tables.SESSIONS, new Seat(0, 3), postgres.store(), ROWS, LONG, patience, metrics, "after")) {
            before.awaitBegun();
            after.awaitBegun();
            try (StoreWriter<SessionRow> last = new StoreWriter<>(
                    Tables.SESSIONS, new Seat(2, 3), postgres.store(), ROWS, LONG, patience, metrics, "last")) {
                last.awaitBegun();
                before.write(new SessionRow("p", 0, 0, null, null, null, null, 0, 0, 0, 0, true));
                assertThatThrownBy(() -> before.flush()).isInstanceOf(StoreException.class);
            }
        }
    }

    @Test
    void aServerThatStaysAwayFailsTheJobWithItsReason() throws Exception {
        StoreOptions nowhere = new StoreOptions("jdbc:postgresql://127.0.0.1:1/postgres", "postgres", null);
        try (StoreWriter<MetricRow> writer =
                writer(Tables.METRIC_VALUES, nowhere, ROWS, SHORT, Duration.ofMillis(300))) {
            writer.write(metric("a", 1));
            assertThatThrownBy(() -> writer.flush())
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("metric_values could not be written")
                    .hasMessageContaining("127.0.0.1:1 refused");
            assertThatThrownBy(() -> writer.write(metric("b", 1))).isInstanceOf(StoreException.class);
        }
    }

    @Test
    void aTableThatIsMissingNamesTheWayOut() throws Exception {
        postgres.execute("create database empty");
        StoreOptions empty = new StoreOptions(
                postgres.store().url().replaceAll("/[a-z]+$", "/empty"),
                postgres.store().user(),
                null);
        try (StoreWriter<MetricRow> writer = writer(Tables.METRIC_VALUES, empty, ROWS, SHORT, LONG)) {
            writer.write(metric("a", 1));
            assertThatThrownBy(() -> writer.flush())
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("run 'millrace-setup store'");
        }
    }

    @Test
    void aPartitionThatIsDroppedMeanwhileIsMadeAgain() throws Exception {
        try (StoreWriter<MetricRow> writer = writer(Tables.METRIC_VALUES, ROWS, LONG)) {
            writer.write(metric("a", 1));
            writer.flush();
            postgres.execute("drop table metric_values_y1970m01");
            writer.write(metric("b", 2));
            writer.write(new MetricRow("c", "1m", 40L * 86_400_000, 1, "{}", 3, 0, 0, null));
            writer.flush();
        }
        assertThat(values()).containsExactly("b|2", "c|3");
        assertThat(metrics.count("rows_refused")).isZero();
    }

    @Test
    void rowsOfAPartitionThatIsDetachedAreNotLeftOut() throws Exception {
        writeAll(Tables.METRIC_VALUES, List.of(metric("a", 1)), ROWS);
        postgres.execute("alter table metric_values detach partition metric_values_y1970m01");
        try (StoreWriter<MetricRow> writer =
                writer(Tables.METRIC_VALUES, postgres.store(), ROWS, SHORT, Duration.ofMillis(300))) {
            writer.write(metric("b", 2));
            assertThatThrownBy(() -> writer.flush())
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("metric_values_y1970m01 is there, but not attached to metric_values");
        } finally {
            postgres.execute("alter table metric_values attach partition metric_values_y1970m01"
                    + " for values from ('1970-01-01Z') to ('1970-02-01Z')");
        }
        assertThat(metrics.count("rows_refused")).isZero();
        assertThat(values()).containsExactly("a|1");
    }

    /**
     * A server's process that reads which partitions there are (a lock on {@code pg_class} holds it up there), while one is
     * attached, does not have that one in its list afterwards, however often it is asked.
     */
    @Test
    void aPartitionThatTheServersProcessOfTheConnectionNeverLearnsOfIsWritten() throws Exception {
        StoreConnection connection = new StoreConnection(postgres.store());
        StoreMetrics storeMetrics = new StoreMetrics(metrics);
        Patience patience = new Patience("metric_values", Duration.ofSeconds(20), storeMetrics);
        BatchWriter<MetricRow> writer =
                new BatchWriter<>(Tables.METRIC_VALUES, new Seat(90, 100), connection, patience, storeMetrics);
        try (Connection other = postgres.connect();
                Statement others = other.createStatement()) {
            writer.begin();
            for (int i = 0; i < 12; i++) { // It plans its statement once and for all.
                writer.write(List.of(ofMonth(0, i)));
            }
            writer.write(List.of(ofMonth(1, 1)));
            int process = Integer.parseInt(answer(connection.get(), "select pg_backend_pid()"));
            others.execute(ensure(2));
            answer(connection.get(), "select count(*) from only metric_values");
            other.setAutoCommit(false);
            others.execute(ensure(3));
            others.execute("lock table pg_class in access exclusive mode");

            CompletableFuture<Void> inBetween = CompletableFuture.runAsync(() -> write(writer, ofMonth(1, 2)));
            await().untilAsserted(() -> assertThat(
                            answer(other, "select count(*) from pg_locks where not granted and pid = " + process))
                    .isEqualTo("1"));
            other.commit();
            inBetween.get(20, TimeUnit.SECONDS);
            assertThatThrownBy(() -> answer(
                            connection.get(),
                            "insert into metric_values select metric, window_size, window_start + interval '62 days',"
                                    + " window_end, dimensions, value, 0, now() from metric_values where metric = 'w1'"
                                    + " returning metric"))
                    .as("what this test is about")
                    .hasMessageContaining("no partition of relation");

            writer.write(List.of(ofMonth(3, 4)));
        } finally {
            connection.close();
        }
        assertThat(values()).containsExactly("w0|11", "w1|2", "w3|4");
    }

    private static MetricRow ofMonth(int month, double value) {
        return new MetricRow("w" + month, "1m", monthMillis(month), 1, "{}", value, 0, 0, null);
    }

    private static long monthMillis(int month) {
        return (6000 + 31L * month) * 86_400_000;
    }

    private static String ensure(int month) {
        return "select ensure_partition('metric_values', to_timestamp(" + monthMillis(month) / 1000 + "))";
    }

    private static String answer(Connection connection, String query) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            return rows.next() ? rows.getString(1) : null;
        }
    }

    private static void write(BatchWriter<MetricRow> writer, MetricRow row) {
        try {
            writer.write(List.of(row));
        } catch (StoreException | InterruptedException e) {
            throw new CompletionException(e);
        }
    }

    /** Returns once all are done; where that takes too long, says what the server is at. */
    private void allDone(List<CompletableFuture<Void>> all) throws Exception {
        try {
            CompletableFuture.allOf(all.toArray(CompletableFuture[]::new)).get(1, TimeUnit.MINUTES);
        } catch (TimeoutException e) {
            List<String> server = postgres.rows("select concat_ws(' | ', pid, pg_blocking_pids(pid), state,"
                    + " wait_event_type, wait_event, now() - state_change, query) from pg_stat_activity"
                    + " where backend_type in ('client backend', 'autovacuum worker')");
            throw new AssertionError("not done after a minute; the server: " + String.join("\n", server), e);
        }
    }

    @Test
    void writersThatNeedTheSamePartitionsAtOnceAllGetThem() throws Exception {
        List<CompletableFuture<Void>> all = new ArrayList<>();
        for (int w = 0; w < 4; w++) {
            String name = "m" + w;
            all.add(CompletableFuture.runAsync(() -> {
                try (StoreWriter<MetricRow> writer = writer(Tables.METRIC_VALUES, 1, SHORT)) {
                    for (long month = 0; month < 50; month++) {
                        long start = (4000 + 31 * month) * 86_400_000;
                        writer.write(new MetricRow(name, "1m", start, 1, "{}", 1, 0, 0, null));
                    }
                    writer.flush();
                } catch (Exception e) {
                    throw new CompletionException(e);
                }
            }));
        }
        allDone(all);
        assertThat(values()).hasSize(200);
        assertThat(metrics.count("rows_refused")).isZero();
    }

    @Test
    void writersOfTheSameKeysDoNotHinderEachOther() throws Exception {
        List<CompletableFuture<Void>> all = new ArrayList<>();
        for (int w = 0; w < 3; w++) {
            Random random = new Random(w);
            all.add(CompletableFuture.runAsync(() -> {
                try (StoreWriter<MetricRow> writer = writer(Tables.METRIC_VALUES, 200, SHORT)) {
                    for (int i = 0; i < 10_000; i++) {
                        long start = random.nextInt(3) * 40L * 86_400_000;
                        writer.write(new MetricRow("m" + random.nextInt(300), "1m", start, 1, "{}", i, 0, 0, null));
                    }
                    writer.flush();
                } catch (Exception e) {
                    throw new CompletionException(e);
                }
            }));
        }
        allDone(all);
        assertThat(values()).hasSize(900);
        assertThat(postgres.rows("select deadlocks from pg_stat_database where datname = current_database()"))
                .containsExactly("0");
        assertThat(metrics.count("rows_refused")).isZero();
    }

    @Test
    void whenTwoBatchesAreFullWhoHasMoreRowsWaits() throws Exception {
        try (StoreWriter<MetricRow> writer = writer(Tables.METRIC_VALUES, 10, SHORT);
                Connection holder = postgres.connect();
                Statement statement = holder.createStatement()) {
            writer.write(metric("first", 1));
            writer.flush();
            holder.setAutoCommit(false);
            statement.execute("lock table metric_values");
            writer.write(metric("m0", 1));
            awaitBlockedWriters(1);
            for (int i = 1; i <= 10; i++) {
                writer.write(metric("m" + i, i));
            }
            AtomicReference<Thread> waiting = new AtomicReference<>();
            CompletableFuture<Void> more = CompletableFuture.runAsync(() -> {
                waiting.set(Thread.currentThread());
                try {
                    writer.write(metric("m1", -1));
                    writer.write(metric("m11", 11));
                    writer.flush();
                } catch (Exception e) {
                    throw new CompletionException(e);
                }
            });
            await().until(() -> waiting.get() != null && waiting.get().getState() == Thread.State.WAITING);
            assertThat(more).isNotDone();
            holder.rollback();
            more.get(1, TimeUnit.MINUTES);
        }
        assertThat(values()).hasSize(13).contains("m1|-1");
    }

    @Test
    void closingDoesNotWaitForAStatementNorForWhoWaitsForIt() throws Exception {
        StoreWriter<MetricRow> writer = writer(Tables.METRIC_VALUES, ROWS, SHORT);
        try (Connection holder = postgres.connect();
                Statement statement = holder.createStatement()) {
            holder.setAutoCommit(false);
            statement.execute("lock table metric_values");
            CompletableFuture<Void> written = flushLater(writer, metric("a", 1));
            awaitBlockedWriters(1);
            closeSoon(writer);
            assertThatThrownBy(() -> written.get(10, TimeUnit.SECONDS))
                    .hasRootCauseMessage("metric_values can't be written, the writer is closed");
        }
    }

    @Test
    void closingDoesNotWaitForAServerThatIsAway() throws Exception {
        StoreOptions nowhere = new StoreOptions("jdbc:postgresql://127.0.0.1:1/postgres", "postgres", null);
        StoreWriter<MetricRow> writer = writer(Tables.METRIC_VALUES, nowhere, ROWS, SHORT, LONG);
        writer.write(metric("a", 1));
        await().untilAsserted(() -> assertThat(metrics.gauge("store_away")).isEqualTo(1));
        closeSoon(writer);
        assertThatCode(writer::close).doesNotThrowAnyException();
    }

    @Test
    void closingDoesNotWaitForAServerThatSaysNothing() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            StoreOptions store = new StoreOptions(
                    "jdbc:postgresql://127.0.0.1:" + silent.getLocalPort() + "/postgres", "postgres", null);
            StoreWriter<MetricRow> writer = writer(Tables.METRIC_VALUES, store, ROWS, SHORT, LONG);
            writer.write(metric("a", 1));
            silent.accept();
            closeSoon(writer);
        }
    }

    @Test
    void whoIsInterruptedStopsWaiting() throws Exception {
        StoreOptions nowhere = new StoreOptions("jdbc:postgresql://127.0.0.1:1/postgres", "postgres", null);
        try (StoreWriter<MetricRow> writer = writer(Tables.METRIC_VALUES, nowhere, ROWS, SHORT, LONG)) {
            writer.write(metric("a", 1));
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> writer.flush()).isInstanceOf(InterruptedException.class);
            assertThat(Thread.interrupted()).isFalse();
        }
    }

    private static void closeSoon(StoreWriter<?> writer) {
        long start = System.nanoTime();
        writer.close();
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofMillis(900));
    }

    private static List<String> values() throws SQLException {
        return postgres.rows("select metric, value from metric_values order by metric");
    }

    private static MetricRow metric(String name, double value) {
        return metric(name, "{}", value);
    }

    private static MetricRow metric(String name, String dimensions, double value) {
        return new MetricRow(name, "1m", 0, 60_000, dimensions, value, 0, 1000, null);
    }

    /** Text that can't be compressed. */
    private static String noise(int characters) {
        Random random = new Random(5);
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < characters; i++) {
            text.append((char) ('!' + random.nextInt(90)));
        }
        return text.toString();
    }
}
