package dev.millrace.verify;

import dev.millrace.verify.VerifyReport.Comparison;
import java.sql.SQLException;
import java.util.Map;

/** Compares the latest events of each identifier. */
final class RecentEventsComparison {
    private final Warehouse warehouse;
    private final Findings findings;

    RecentEventsComparison(Warehouse warehouse, Findings findings) {
        this.warehouse = warehouse;
        this.findings = findings;
    }

    /**
     * Events that happened at the bound or later, each of which is there unless its identifier has as many later ones.
     *
     * @param kept events that are kept of each identifier
     * @param saidSinceMillis of earlier ones it is not compared what they say
     */
    void compare(long boundMillis, int kept, long saidSinceMillis) throws SQLException {
        warehouse.run("create table expected_recent as select leaf, millis, topic, part, off, said from raw"
                + " where leaf >= 0 and millis >= " + boundMillis + " and no not in (select no from dup)");
        warehouse.run("create table unexpected_recent as select * from found_recent f where not exists (select 1 from"
                + " expected_recent e where e.topic = f.topic and e.part = f.part and e.off = f.off"
                + " and e.leaf = f.leaf and e.millis = f.millis)");
        warehouse.run("create table other_recent as select f.*, e.said as expected_said from found_recent f join"
                + " expected_recent e on e.topic = f.topic and e.part = f.part and e.off = f.off and e.leaf = f.leaf"
                + " and e.millis = f.millis where e.said <> f.said and e.millis >= " + saidSinceMillis);
        warehouse.run("create table missing_recent as select * from expected_recent e where not exists (select 1 from"
                + " found_recent f where e.topic = f.topic and e.part = f.part and e.off = f.off)");
        // Of those who miss some: only what is among their latest is missed.
        warehouse.run("create table missed_recent as select m.* from missing_recent m join (select topic, part, off,"
                + " row_number() over (partition by leaf order by millis desc, t.name desc, part desc, off desc) as number"
                + " from expected_recent join topic t on t.id = topic where leaf in (select leaf from missing_recent)) n"
                + " on m.topic = n.topic and m.part = n.part and m.off = n.off where number <= " + kept);
        long missed = warehouse.count("missed_recent");
        findings.compared(new Comparison(
                "recent_events",
                warehouse.count("expected_recent") - warehouse.count("missing_recent") + missed,
                warehouse.count("found_recent"),
                missed + warehouse.count("unexpected_recent") + warehouse.count("other_recent")));
        differ("missed_recent", "said", "null");
        differ("unexpected_recent", "null", "said");
        differ("other_recent", "expected_said", "said");
    }

    /**
     * Tells the rows of a table.
     *
     * @param expected what is to be said, as a number; {@code null}: there is to be no row
     * @param found what is
     */
    private void differ(String table, String expected, String found) throws SQLException {
        warehouse.each(
                "select name.name, millis, part, off, e.text, f.text from " + table + " join name on name.id = leaf"
                        + " left join dims e on e.id = " + expected + " left join dims f on f.id = " + found
                        + " order by millis, part, off limit " + findings.room(),
                row -> findings.differs(new Difference(
                        "recent_events",
                        Findings.key("identifier", row.getString(1), "event_time", Findings.time(row.getLong(2))),
                        row.getString(5),
                        row.getString(6),
                        Map.of("raw", row.getInt(3) + "/" + row.getLong(4)),
                        findings.places("r.part = " + row.getInt(3) + " and r.off = " + row.getLong(4)))));
    }
}
