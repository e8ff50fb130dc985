package dev.millrace.verify;

import dev.millrace.core.event.Event;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.util.List;

/** Cold storage as MirrorJob leaves it, written by somebody else. */
final class ColdFiles {
    /**
     * A raw record.
     *
     * @param event null: it could not be decoded
     */
    record Record(int partition, long offset, long arrivedMillis, Event event) {}

    private ColdFiles() {}

    /** Writes records below {@code <root>/raw}, a file for each partition. */
    static void write(Path root, List<Record> records) throws SQLException {
        Path directory = root.resolve("raw/date=2024-05-06/hour=10");
        try (Connection duckdb = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = duckdb.createStatement()) {
            Files.createDirectories(directory);
            duckdb.setAutoCommit(false);
            statement.execute("create table row (topic varchar, \"partition\" integer, \"offset\" bigint,"
                    + " record_timestamp bigint, decode_error varchar, message_id varchar, type varchar, event varchar,"
                    + " user_id varchar, anonymous_id varchar, previous_id varchar, group_id varchar, source varchar,"
                    + " \"timestamp\" bigint, sent_at bigint, received_at bigint, properties varchar, traits varchar,"
                    + " context varchar, extras varchar)");
            try (PreparedStatement insert = duckdb.prepareStatement(
                    "insert into row values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")) {
                for (Record record : records) {
                    fill(insert, record);
                    insert.execute();
                }
            }
            List<Integer> partitions =
                    records.stream().map(Record::partition).distinct().toList();
            for (int partition : partitions) {
                Path file = directory.resolve("part-" + partition + ".parquet");
                statement.execute("copy (select * replace (make_timestamp(record_timestamp * 1000) as record_timestamp,"
                        + " make_timestamp(\"timestamp\" * 1000) as \"timestamp\", make_timestamp(sent_at * 1000) as"
                        + " sent_at, make_timestamp(received_at * 1000) as received_at) from row where \"partition\" = "
                        + partition + ") to '" + file + "' (format parquet, compression zstd)");
            }
            // What a failure leaves behind is no file.
            Files.writeString(directory.resolve(".part-9.parquet.inprogress"), "unfinished");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void fill(PreparedStatement insert, Record record) throws SQLException {
        Event e = record.event();
        insert.setString(1, "millrace.raw");
        insert.setInt(2, record.partition());
        insert.setLong(3, record.offset());
        insert.setLong(4, record.arrivedMillis());
        insert.setString(5, e == null ? "no event" : null);
        String[] texts = e == null
                ? new String[8]
                : new String[] {
                    e.messageId(),
                    e.type(),
                    e.name(),
                    e.userId(),
                    e.anonymousId(),
                    e.previousId(),
                    e.groupId(),
                    e.source()
                };
        for (int i = 0; i < texts.length; i++) {
            insert.setString(6 + i, texts[i]);
        }
        Long[] times =
                e == null ? new Long[3] : new Long[] {e.timestampMillis(), e.sentAtMillis(), e.receivedAtMillis()};
        for (int i = 0; i < times.length; i++) {
            if (times[i] == null) {
                insert.setNull(14 + i, Types.BIGINT);
            } else {
                insert.setLong(14 + i, times[i]);
            }
        }
        String[] bodies =
                e == null ? new String[4] : new String[] {e.properties(), e.traits(), e.context(), e.extras()};
        for (int i = 0; i < bodies.length; i++) {
            insert.setString(17 + i, bodies[i]);
        }
    }
}
