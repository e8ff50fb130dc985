package dev.millrace.verify;

import dev.millrace.verify.VerifyReport.Comparison;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Compares identifiers, profiles and links: who is who. */
final class PeopleComparison {
    /** Bytes of a key that the store can hold. */
    private static final int MAX_KEY_BYTES = 2500;
    /** Identifiers that are told beside one that differs. */
    private static final int NEIGHBOURS = 5;

    private final Warehouse warehouse;
    private final Findings findings;

    PeopleComparison(Warehouse warehouse, Findings findings) {
        this.warehouse = warehouse;
        this.findings = findings;
    }

    /** Identifiers, profiles, links. */
    void compare(Answer answer) throws SQLException {
        // What PostgreSQL has no room for is not there, by contract.
        String storable = "instr(%s.name, chr(0)) = 0";
        warehouse.run(
                "create table expected_identifier as select p.id, lp.profile, s.millis as first_seen from person p"
                        + " join seen s using (id) join leader_profile lp using (leader) join name n on n.id = p.id where "
                        + storable.formatted("n") + " and strlen(n.name) <= " + MAX_KEY_BYTES);
        warehouse.run("create table differing as select coalesce(e.id, f.id) as id, e.profile as profile,"
                + " e.first_seen as seen, f.profile as found_profile, f.first_seen as found_seen"
                + " from expected_identifier e full join found_identifier f on e.id = f.id"
                + " where e.profile is distinct from f.profile or e.first_seen is distinct from f.first_seen");
        long differing = warehouse.count("differing");
        findings.compared(new Comparison(
                "identifiers", warehouse.count("expected_identifier"), warehouse.count("found_identifier"), differing));
        warehouse.each(
                "select id, name, profile, seen, found_profile, found_seen from differing join name using (id)"
                        + " order by name limit " + findings.room(),
                this::identifier);
        profiles();
        links(storable);
        if (!answer.doubtful().isEmpty()) {
            findings.note(
                    answer.doubtful().cardinality() + " identifiers are near a bound of identity (max_links, max_path,"
                            + " aliases), where the order of arrival decides: their profiles are taken from the store");
        }
    }

    private void identifier(ResultSet row) throws SQLException {
        int id = row.getInt(1);
        Map<String, String> details = new LinkedHashMap<>();
        String profile = row.getString(3);
        String foundProfile = row.getString(5);
        if (profile != null) {
            details.put("expected together with", others("expected_identifier", profile, id));
        }
        if (foundProfile != null) {
            details.put("found together with", others("found_identifier", foundProfile, id));
        }
        details.put("linked with", linked(id));
        findings.differs(new Difference(
                "identifiers",
                Findings.key("identifier", row.getString(2)),
                profile == null ? null : "profile " + profile + ", first seen " + Findings.time(row.getLong(4)),
                foundProfile == null
                        ? null
                        : "profile " + foundProfile + ", first seen " + Findings.time(row.getLong(6)),
                details,
                findings.places("r.leaf = " + id)));
    }

    private String others(String table, String profile, int id) throws SQLException {
        List<String> names = new ArrayList<>();
        warehouse.each(
                "select name from " + table + " join name using (id) where profile = '" + Warehouse.quoted(profile)
                        + "' and id <> " + id + " order by name limit " + (NEIGHBOURS + 1),
                row -> names.add(row.getString(1)));
        return listed(names);
    }

    private String linked(int id) throws SQLException {
        List<String> links = new ArrayList<>();
        warehouse.each(
                "select name, millis from (select b as id, millis from links where a = " + id
                        + " union all select a, millis from links where b = " + id
                        + ") join name using (id) order by millis, name limit " + (NEIGHBOURS + 1),
                row -> links.add(row.getString(1) + " since " + Findings.time(row.getLong(2))));
        return listed(links);
    }

    private static String listed(List<String> some) {
        if (some.isEmpty()) {
            return "none";
        }
        return some.size() <= NEIGHBOURS
                ? String.join(", ", some)
                : String.join(", ", some.subList(0, NEIGHBOURS)) + ", …";
    }

    private void profiles() throws SQLException {
        long expected = warehouse.number("select count(distinct profile) from expected_identifier");
        long found = warehouse.number("select count(distinct profile) from found_identifier");
        long missing = warehouse.number("select count(*) from ((select profile from expected_identifier) except"
                + " (select profile from found_identifier))");
        long unexpected = warehouse.number("select count(*) from ((select profile from found_identifier) except"
                + " (select profile from expected_identifier))");
        findings.compared(new Comparison("profiles", expected, found, missing + unexpected));
        String query = "select profile, min(name) from ((select profile from %s) except (select profile from %s))"
                + " join %s using (profile) join name using (id) group by profile order by profile limit "
                + findings.room();
        warehouse.each(
                query.formatted("expected_identifier", "found_identifier", "expected_identifier"),
                row -> findings.differs(profile(row, "a profile", null)));
        warehouse.each(
                query.formatted("found_identifier", "expected_identifier", "found_identifier"),
                row -> findings.differs(profile(row, null, "a profile")));
    }

    private static Difference profile(ResultSet row, String expected, String found) throws SQLException {
        return new Difference(
                "profiles",
                Findings.key("profile_id", row.getString(1)),
                expected,
                found,
                Map.of("identifier", row.getString(2)),
                List.of());
    }

    private void links(String storable) throws SQLException {
        warehouse.run("create table expected_link as select a, b, millis, x.leader = y.leader as accepted from links"
                + " join person x on x.id = a join person y on y.id = b join name n on n.id = a join name m on m.id = b"
                + " where " + storable.formatted("n") + " and " + storable.formatted("m")
                + " and strlen(n.name) + strlen(m.name) <= " + MAX_KEY_BYTES
                + " and a not in (from doubtful) and b not in (from doubtful)");
        warehouse.run("delete from found_link where a in (from doubtful) or b in (from doubtful)");
        warehouse.run("create table differing_link as select coalesce(e.a, f.a) as a, coalesce(e.b, f.b) as b,"
                + " e.millis as millis, e.accepted as accepted, f.millis as found_millis, f.accepted as found_accepted"
                + " from expected_link e full join found_link f on e.a = f.a and e.b = f.b"
                + " where e.millis is distinct from f.millis or e.accepted is distinct from f.accepted");
        findings.compared(new Comparison(
                "identity_links",
                warehouse.count("expected_link"),
                warehouse.count("found_link"),
                warehouse.count("differing_link")));
        // What differs here differs above.
        findings.compared(new Comparison(
                "refused_links",
                warehouse.number("select count(*) from expected_link where not accepted"),
                warehouse.number("select count(*) from found_link where not accepted"),
                0));
        warehouse.each(
                "select x.name, y.name, millis, accepted, found_millis, found_accepted, a, b from differing_link"
                        + " join name x on x.id = a join name y on y.id = b order by 1, 2 limit " + findings.room(),
                row -> {
                    String expected = row.getObject(3) == null ? null : link(row.getLong(3), row.getBoolean(4));
                    String found = row.getObject(5) == null ? null : link(row.getLong(5), row.getBoolean(6));
                    findings.differs(new Difference(
                            "identity_links",
                            Findings.key("a", row.getString(1), "b", row.getString(2)),
                            expected,
                            found,
                            Map.of(),
                            findings.places("r.leaf in (" + row.getInt(7) + ", " + row.getInt(8) + ") and r.millis = "
                                    + (expected == null ? row.getLong(5) : row.getLong(3)))));
                });
    }

    private static String link(long millis, boolean accepted) {
        return (accepted ? "accepted" : "refused") + ", first seen " + Findings.time(millis);
    }
}
