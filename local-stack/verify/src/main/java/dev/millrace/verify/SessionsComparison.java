package dev.millrace.verify;

import dev.millrace.verify.VerifyReport.Comparison;
import java.sql.SQLException;
import java.util.Map;

/** Compares the rows of sessions. */
final class SessionsComparison {
    private final Warehouse warehouse;
    private final Findings findings;

    SessionsComparison(Warehouse warehouse, Findings findings) {
        this.warehouse = warehouse;
        this.findings = findings;
    }

    /** Sessions that began at the bound or later. */
    void compare(long boundMillis) throws SQLException {
        String run = SessionMeasure.HITS + "_runs";
        warehouse.run("create table expected_session as select profile, start, finish,"
                + " json_extract_string(d.text, '$.source') as source,"
                + " json_extract_string(d.text, '$.campaign') as campaign,"
                + " json_extract_string(e.text, '$.page') as landing,"
                + " json_extract_string(l.text, '$.page') as exit, events, orders, micros from " + run
                + " join leader_profile using (leader) join dims d on d.id = dims"
                + " left join dims e on e.id = entry_dims left join dims l on l.id = exit_dims"
                + " where start >= " + boundMillis);
        String columns = "%1$s.finish, %1$s.source, %1$s.campaign, %1$s.landing, %1$s.exit, %1$s.events, %1$s.orders,"
                + " %1$s.micros";
        String text = "case when %1$s.profile is not null then concat_ws(', ', %1$s.events || ' events', %1$s.orders ||"
                + " ' orders', %1$s.micros / 1e6 || ' revenue', 'source ' || %1$s.source, 'campaign ' || %1$s.campaign,"
                + " 'landing ' || %1$s.landing, 'exit ' || %1$s.exit) end";
        warehouse.run("create table differing_session as select coalesce(e.profile, f.profile) as profile,"
                + " coalesce(e.start, f.start) as start, " + text.formatted("e") + " as expected, e.finish as finish, "
                + text.formatted("f") + " as found, f.finish as found_finish, f.updated as updated"
                + " from expected_session e full join found_session f on e.profile = f.profile and e.start = f.start"
                + " where (" + columns.formatted("e") + ") is distinct from (" + columns.formatted("f")
                + ") or e.profile is null or f.profile is null");
        findings.compared(new Comparison(
                "sessions",
                warehouse.count("expected_session"),
                warehouse.count("found_session"),
                warehouse.count("differing_session")));
        warehouse.each("select * from differing_session order by start, profile limit " + findings.room(), row -> {
            long finish = row.getObject(4) != null ? row.getLong(4) : row.getLong(6);
            findings.differs(new Difference(
                    "sessions",
                    Findings.key("profile_id", row.getString(1), "started_at", Findings.time(row.getLong(2))),
                    row.getString(3) == null ? null : row.getString(3) + ", until " + Findings.time(row.getLong(4)),
                    row.getString(5) == null ? null : row.getString(5) + ", until " + Findings.time(row.getLong(6)),
                    row.getString(5) == null ? Map.of() : Map.of("updated_at", Findings.time(row.getLong(7))),
                    findings.places("r.millis between " + row.getLong(2) + " and " + finish
                            + " and r.leaf in (select id from person join leader_profile using (leader)"
                            + " where profile = '" + Warehouse.quoted(row.getString(1)) + "')")));
        });
    }
}
