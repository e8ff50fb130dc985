package dev.millrace.runtime.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.millrace.core.identity.LinkKey;
import dev.millrace.core.people.IdentifierRow;
import dev.millrace.core.people.Trait;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Rows that are most likely new, and rows that come again: what is written by COPY, by statements, or not at all. */
class StoreCopyITCase extends StoreWriterFixture {
    @Test
    void ofRowsThatWereTakenForNewNoneIsLostThoughSomeAreNot() throws Exception {
        try (StoreWriter<IdentifierRow> writer = writer(Tables.IDENTIFIERS, ROWS, LONG)) {
            writer.write(identifier("known", "p", false));
            writer.flush();
            for (int i = 0; i < 300; i++) {
                writer.write(identifier("new " + i, "p", true));
            }
            writer.write(identifier("known", "q", true));
            writer.write(identifier("NUL \0", "p", true));
            writer.flush();
            assertThat(metrics.count("copies_failed")).isEqualTo(1);
            assertThat(metrics.count("rows_refused")).isEqualTo(1);
            for (int i = 300; i < 305; i++) {
                writer.write(identifier("new " + i, "p", true));
                writer.flush();
            }
            assertThat(metrics.count("copies_failed")).isEqualTo(1);
            assertThat(metrics.count("rows_written")).isEqualTo(307);
        }
        assertThat(postgres.rows("select profile_id, count(*) from identifiers group by 1 order by 1"))
                .containsExactly("p|305", "q|1");
    }

    @Test
    void whatIsCopiedIsAsWhatStatementsWrite() throws Exception {
        long first = Instant.parse("0001-01-01T00:00:00Z").toEpochMilli();
        long last = Instant.parse("9999-12-31T23:59:59.999Z").toEpochMilli();
        long[] times = {first, -1, 0, 1, 946_684_799_999L, 946_684_800_000L, 1_796_000_000_123L, last};
        List<List<String>> tables = new ArrayList<>();
        for (boolean likelyNew : new boolean[] {true, false}) {
            empty();
            List<IdentifierRow> identifiers = new ArrayList<>();
            List<Trait> traits = new ArrayList<>();
            for (int i = 0; i < times.length; i++) {
                String name = "é😀 " + i;
                identifiers.add(new IdentifierRow(name, "p", times[i], times[i], null, i % 2 == 0, likelyNew));
                identifiers.add(new IdentifierRow(name + "+", "p", times[i], last, times[i], i % 2 == 0, likelyNew));
                traits.add(new Trait(name, "t", "{ \"b\" :1.50, \"a\":[ null,\"\\u00e9\"]}", times[i], likelyNew));
                traits.add(new Trait(name, "u", "\"" + name + "\"", times[i], likelyNew));
            }
            writeAll(Tables.IDENTIFIERS, identifiers, ROWS);
            writeAll(Tables.IDENTIFIER_TRAITS, traits, ROWS);
            List<String> rows = new ArrayList<>(postgres.rows("select * from identifiers order by 1"));
            rows.addAll(postgres.rows("select * from identifier_traits order by 1, 2"));
            tables.add(rows);
        }
        assertThat(metrics.count("copies_failed")).isZero();
        assertThat(tables.get(0)).hasSize(4 * times.length).isEqualTo(tables.get(1));
    }

    @Test
    void aNewRowOfNoTimeAtAllIsLeftOut() throws Exception {
        try (StoreWriter<IdentifierRow> writer = writer(Tables.IDENTIFIERS, ROWS, LONG)) {
            for (long time : new long[] {0, Long.MIN_VALUE, Long.MAX_VALUE, Long.MAX_VALUE / 1000}) {
                writer.write(new IdentifierRow("at " + time, "p", time, time, null, false, true));
            }
            writer.flush();
        }
        assertThat(metrics.count("rows_refused")).isEqualTo(3);
        assertThat(postgres.rows("select identifier from identifiers")).containsExactly("at 0");
    }

    @Test
    void aConnectionThatIsCutInTheMiddleOfACopyCostsNothing() throws Exception {
        try (StoreWriter<IdentifierRow> writer = writer(Tables.IDENTIFIERS, ROWS, LONG);
                Connection holder = postgres.connect();
                Statement statement = holder.createStatement()) {
            holder.setAutoCommit(false);
            statement.execute("lock table identifiers");
            CompletableFuture<Void> written = flushLater(writer, identifier("a", "p", true));
            awaitBlockedWriters(1);
            assertThat(
                            postgres.rows(
                                    "select count(*) from pg_stat_activity"
                                            + " where application_name = 'millrace-measure' and query like 'copy %' and state = 'active'"))
                    .containsExactly("1");
            postgres.rows("select pg_terminate_backend(pid) from pg_stat_activity"
                    + " where application_name = 'millrace-measure'");
            holder.rollback();
            written.get(1, TimeUnit.MINUTES);
        }
        assertThat(postgres.rows("select identifier from identifiers")).containsExactly("a");
    }

    @Test
    void closingDoesNotWaitForACopy() throws Exception {
        StoreWriter<IdentifierRow> writer = writer(Tables.IDENTIFIERS, ROWS, SHORT);
        try (Connection holder = postgres.connect();
                Statement statement = holder.createStatement()) {
            holder.setAutoCommit(false);
            statement.execute("lock table identifiers");
            writer.write(identifier("a", "p", true));
            awaitBlockedWriters(1);
            writer.close();
            holder.rollback();
        }
        await().untilAsserted(() -> assertThat(postgres.rows(
                        "select count(*) from pg_stat_activity" + " where application_name = 'millrace-measure'"))
                .containsExactly("0"));
        assertThat(postgres.rows("select identifier from identifiers")).isEmpty();
    }

    @Test
    void aLinkThatComesAgainIsWrittenAgainOnlyIfItIsEarlier() throws Exception {
        try (StoreWriter<LinkKey> writer = writer(Tables.IDENTITY_LINKS, ROWS, LONG)) {
            for (long time : new long[] {2000, 2000, 3000, 1000, 1500}) {
                writer.write(LinkKey.of(time, "a", "b"));
                writer.flush();
            }
            assertThat(metrics.count("rows_written")).isEqualTo(2);
            assertThat(metrics.count("copies_failed"))
                    .as("the earlier one is no new row")
                    .isZero();
        }
        assertThat(postgres.rows("select a, b, extract(epoch from first_seen)::int from identity_links"))
                .containsExactly("a|b|1");
    }

    @Test
    void aNewTraitThatIsNoJsonIsLeftOutAndItsNeighboursWritten() throws Exception {
        try (StoreWriter<Trait> writer = writer(Tables.IDENTIFIER_TRAITS, ROWS, LONG)) {
            writer.write(new Trait("i", "a", "{\"b\":[1, 2.50]}", 1, true));
            writer.write(new Trait("i", "c", "{", 1, true));
            writer.write(new Trait("i", "d", "\"é\"", 1, true));
            writer.flush();
            assertThat(metrics.count("copies_failed")).isEqualTo(1);
            writer.write(new Trait("j", "a", "null", 1, true));
            writer.flush();
        }
        assertThat(metrics.count("rows_refused")).isEqualTo(1);
        assertThat(postgres.rows("select identifier, trait, value from identifier_traits order by 1, 2"))
                .containsExactly("i|a|{\"b\": [1, 2.50]}", "i|d|\"é\"", "j|a|null");
    }

    @Test
    void whatWhoWasTakenForDeadHasWrittenAsNewIsWrittenOver() throws Exception {
        Seat seat = new Seat(1, 2);
        Duration patience = Duration.ofMinutes(1);
        try (StoreWriter<IdentifierRow> paused = new StoreWriter<>(
                Tables.IDENTIFIERS, seat, postgres.store(), ROWS, LONG, patience, metrics, "paused")) {
            paused.awaitBegun();
            try (StoreWriter<IdentifierRow> inItsPlace = new StoreWriter<>(
                    Tables.IDENTIFIERS, seat, postgres.store(), ROWS, LONG, patience, metrics, "in its place")) {
                inItsPlace.awaitBegun();
                paused.write(identifier("a", "before", true));
                paused.flush();
                inItsPlace.write(identifier("a", "after", true));
                inItsPlace.write(identifier("b", "after", true));
                inItsPlace.flush();
                paused.write(identifier("b", "before", true));
                assertThatThrownBy(() -> paused.flush()).isInstanceOf(StoreException.class);
            }
        }
        assertThat(postgres.rows("select identifier, profile_id from identifiers order by 1"))
                .containsExactly("a|after", "b|after");
    }

    private static IdentifierRow identifier(String name, String profileId, boolean likelyNew) {
        return new IdentifierRow(name, profileId, 0, 1000, null, false, likelyNew);
    }
}
