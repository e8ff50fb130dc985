package dev.millrace.verify;

import dev.millrace.verify.VerifyOptions.RawRange;
import dev.millrace.verify.VerifyReport.Comparison;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;

/** Compares the raw records of cold storage with the offsets that Kafka gave them. */
final class RawComparison {
    private static final String COLD_STORAGE = "cold storage";

    private final Warehouse warehouse;
    private final VerifyOptions options;
    private final Recording recording;
    private final Findings findings;

    RawComparison(Warehouse warehouse, VerifyOptions options, Recording recording, Findings findings) {
        this.warehouse = warehouse;
        this.options = options;
        this.recording = recording;
        this.findings = findings;
    }

    /** Each record once, and none missing. */
    void compare() throws SQLException {
        warehouse.run(
                "create table partition as select topic, part, min(off) as first, max(off) as last, count(*) as rows,"
                        + " count(distinct off) as offsets from raw group by all");
        warehouse.run("create table gap (topic varchar, part integer, first bigint, last bigint)");
        warehouse.run("insert into gap select t.name, part, before + 1, off - 1 from (select topic, part, off,"
                + " lag(off) over (partition by topic, part order by off) as before from raw semi join"
                + " (select topic, part from partition where offsets < last - first + 1) using (topic, part)) g"
                + " join topic t on t.id = g.topic where off > before + 1");
        for (RawRange range : options.required()) {
            String partition = " from partition p join topic t on t.id = p.topic where t.name = '"
                    + Warehouse.quoted(range.topic()) + "' and part = " + range.partition();
            String begins = "'" + Warehouse.quoted(range.topic()) + "', " + range.partition() + ", ";
            if (range.from() >= range.to()) {
                continue;
            }
            if (warehouse.number("select count(*)" + partition) == 0) {
                warehouse.run("insert into gap values (" + begins + range.from() + ", " + (range.to() - 1) + ")");
                continue;
            }
            warehouse.run("insert into gap select " + begins + range.from() + ", first - 1" + partition
                    + " and first > " + range.from());
            warehouse.run("insert into gap select " + begins + "last + 1, " + (range.to() - 1) + partition
                    + " and last < " + (range.to() - 1));
        }
        long missing = warehouse.number("select coalesce(sum(last - first + 1), 0)::bigint from gap");
        long twice = warehouse.number("select coalesce(sum(rows - offsets), 0)::bigint from partition");
        long offsets = warehouse.number("select coalesce(sum(offsets), 0)::bigint from partition");
        findings.compared(new Comparison(COLD_STORAGE, offsets + missing, recording.count(), missing + twice));
        warehouse.each("select * from gap order by 1, 2, 3 limit " + findings.room(), row -> {
            long records = row.getLong(4) - row.getLong(3) + 1;
            findings.differs(new Difference(
                    COLD_STORAGE,
                    Findings.key("topic", row.getString(1), "partition", row.getString(2), "offset", row.getString(3)),
                    records == 1 ? "a record" : records + " records, up to offset " + row.getLong(4),
                    null,
                    Map.of(),
                    List.of()));
        });
        warehouse.each(
                "select t.name, part, off, count(*) from raw join topic t on t.id = topic where (topic, part) in (select"
                        + " (topic, part) from partition where rows > offsets) group by all having count(*) > 1"
                        + " order by 1, 2, 3 limit " + findings.room(),
                row -> findings.differs(new Difference(
                        COLD_STORAGE,
                        Findings.key(
                                "topic", row.getString(1), "partition", row.getString(2), "offset", row.getString(3)),
                        "a record",
                        row.getLong(4) + " times the record",
                        Map.of(),
                        findings.places("r.part = " + row.getInt(2) + " and r.off = " + row.getLong(3)))));
    }
}
