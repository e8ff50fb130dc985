package dev.millrace.verify;

import dev.millrace.runtime.config.MillraceConfig.StitchOptions;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import org.duckdb.DuckDBAppender;

/**
 * Says which events are copies: table {@code dup}. The first of a message to arrive counts, and another one once the message
 * has been forgotten: when its leaf's time has gone on by more than the dedupe window. That time is the latest of its events,
 * or event time where that had come further: so the copies of what came days late count no more than those of what did not.
 */
final class Copies {
    private static final String ORDER = "arrived, topic, part, off";

    private final Warehouse warehouse;
    private final StitchOptions stitch;
    private final Findings findings;

    Copies(Warehouse warehouse, StitchOptions stitch, Findings findings) {
        this.warehouse = warehouse;
        this.stitch = stitch;
        this.findings = findings;
    }

    void drop() throws SQLException {
        warehouse.run("create table dup (no integer)");
        warehouse.run("create table copied as select leaf, message from raw where leaf >= 0"
                + " group by all having count(*) > 1");
        // Where no more time passed than the window, nothing is forgotten.
        warehouse.run("create table long_lived as select leaf from raw where leaf in (select leaf from copied)"
                + " group by leaf having max(millis) - min(millis) >= "
                + (stitch.dedupeWindow().toMillis() - 1000));
        warehouse.run("create table forgotten (leaf integer)");
        find(
                "with latest as (select no, leaf, message, max(millis) over (partition by leaf order by " + ORDER
                        + " rows unbounded preceding) as latest, " + ORDER
                        + " from raw where leaf in (select leaf from long_lived)),"
                        + " others as (select no, leaf, message, 0 as latest, " + ORDER
                        + " from raw where leaf in (select leaf from copied) and leaf not in (select leaf from long_lived))"
                        + " select no, leaf, message, latest, latest from (from latest union all from others)"
                        + " join copied using (leaf, message)",
                "forgotten");
        if (warehouse.count("forgotten") > 0) {
            findLate();
        }
    }

    /** Of those of whom a message seems to be forgotten: some may have come late, and be known still. */
    private void findLate() throws SQLException {
        warehouse.run("create table before as select no from dup where no in (select no from raw where leaf in"
                + " (select leaf from forgotten))");
        warehouse.run("delete from dup where no in (select no from before)");
        warehouse.run("create table known_at (no integer, millis bigint)");
        knownAt();
        find(
                "select no, leaf, message, latest, known from (select no, leaf, message, max(r.millis) over own as latest,"
                        + " max(k.millis) over own as known, " + ORDER + " from raw r join known_at k using (no)"
                        + " window own as (partition by leaf order by " + ORDER + " rows unbounded preceding))"
                        + " join copied using (leaf, message)",
                null);
        long late = warehouse.number("select count(*) from dup where no in (select no from known_at)"
                + " and no not in (select no from before)");
        if (late > 0) {
            findings.note(late + (late == 1 ? " message" : " messages") + " that had come late and came again"
                    + (late == 1 ? " is" : " are") + " taken for copies by how far event time had come, which cold"
                    + " storage knows to some seconds");
        }
    }

    /**
     * Appends what is a copy.
     *
     * @param messages {@code no, leaf, message}, the latest time of the leaf's events until then, and how far its time had come
     * @param forgetful the table to note leaves in of which a message was forgotten; null: none
     */
    private void find(String messages, String forgetful) throws SQLException {
        long window = stitch.dedupeWindow().toMillis();
        BitSet leaves = new BitSet();
        try (DuckDBAppender dup = warehouse.appender("dup")) {
            long[] message = new long[2];
            // As one who goes by its events alone knows it, and as one who also goes by event time does.
            long[] seen = new long[2];
            boolean[] any = new boolean[1];
            warehouse.whole(messages + " order by leaf, message, " + ORDER + ", no", row -> {
                long latest = row.getLong(4);
                long known = row.getLong(5);
                boolean same = any[0] && message[0] == row.getLong(2) && message[1] == row.getLong(3);
                boolean bySelf = same && remembers(latest - window, seen[0]);
                boolean byTime = same && remembers(known - window, seen[1]);
                if (bySelf || byTime) {
                    dup.beginRow();
                    dup.append(row.getInt(1));
                    dup.endRow();
                } else if (same) {
                    leaves.set(row.getInt(2));
                }
                if (!byTime) {
                    seen[1] = known;
                    seen[0] = bySelf ? seen[0] : latest;
                }
                any[0] = true;
                message[0] = row.getLong(2);
                message[1] = row.getLong(3);
            });
        }
        if (forgetful == null) {
            return;
        }
        try (DuckDBAppender table = warehouse.appender(forgetful)) {
            for (int leaf = leaves.nextSetBit(0); leaf >= 0; leaf = leaves.nextSetBit(leaf + 1)) {
                table.beginRow();
                table.append(leaf);
                table.endRow();
            }
        }
    }

    private static boolean remembers(long sinceMillis, long seenMillis) {
        return Math.floorDiv(sinceMillis, 1000L) <= Math.floorDiv(seenMillis, 1000L);
    }

    /** A raw partition, as far as it was read. */
    private static final class Progress {
        private long latestMillis = Long.MIN_VALUE;
        private long arrivedMillis;
    }

    /** Numbers of records, and a time of each; nothing can be written to a table while another is read. */
    private static final class Rows {
        private int[] numbers = new int[1024];
        private long[] millis = new long[1024];
        private int size;

        void add(int number, long time) {
            if (size == numbers.length) {
                numbers = Arrays.copyOf(numbers, 2 * size);
                millis = Arrays.copyOf(millis, 2 * size);
            }
            numbers[size] = number;
            millis[size++] = time;
        }
    }

    /** The later of an event's time and event time when it arrived: table {@code known_at}, of the forgetful. */
    private void knownAt() throws SQLException {
        long wait = stitch.outOfOrderness().toMillis() + 1;
        long idle = stitch.idleAfter().toMillis();
        Map<Long, Progress> partitions = new HashMap<>();
        Rows rows = new Rows();
        long[] eventTime = {Long.MIN_VALUE};
        warehouse.each(
                "select no, topic, part, arrived, millis, leaf in (select leaf from forgotten) from raw where millis <> "
                        + Recording.NO_TIME + " order by " + ORDER,
                row -> {
                    long arrived = row.getLong(4);
                    long millis = row.getLong(5);
                    if (row.getBoolean(6)) {
                        rows.add(row.getInt(1), Math.max(millis, eventTime[0]));
                    }
                    Progress own = partitions.computeIfAbsent(
                            ((long) row.getInt(2) << 32) + row.getInt(3), any -> new Progress());
                    own.latestMillis = Math.max(own.latestMillis, Math.min(millis, arrived));
                    own.arrivedMillis = arrived;
                    long least = Long.MAX_VALUE;
                    for (Progress each : partitions.values()) {
                        if (arrived - each.arrivedMillis <= idle) {
                            least = Math.min(least, each.latestMillis);
                        }
                    }
                    eventTime[0] = Math.max(eventTime[0], least - wait);
                });
        try (DuckDBAppender table = warehouse.appender("known_at")) {
            for (int i = 0; i < rows.size; i++) {
                table.beginRow();
                table.append(rows.numbers[i]);
                table.append(rows.millis[i]);
                table.endRow();
            }
        }
    }
}
