package dev.millrace.measure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.core.event.Event;
import dev.millrace.core.identity.Attribution;
import dev.millrace.core.identity.LinkKey;
import dev.millrace.core.identity.ProfileId;
import dev.millrace.core.identity.Standing;
import dev.millrace.core.metric.ProfileChange;
import dev.millrace.core.people.Traits;
import dev.millrace.runtime.config.MillraceConfig;
import dev.millrace.runtime.config.MillraceConfig.MeasureOptions;
import dev.millrace.runtime.kafka.DeadLetter;
import dev.millrace.runtime.kafka.StitchedRead;
import dev.millrace.runtime.postgres.PostgresServer;
import dev.millrace.runtime.postgres.ServingStore;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.StringJoiner;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The tables and views of people, in a real PostgreSQL. */
class PeopleITCase {
    /** When an identifier was last seen is kept to the second. */
    private static final MillraceConfig CONFIG = Pipelines.with(
            new MeasureOptions(null, null, Duration.ofSeconds(1), null, null, null, null, null, null, null));

    private static final String U1 = "user_id:1";
    private static final String U2 = "user_id:2";
    private static final String DEVICE = "anonymous_id:d";
    private static final LinkKey LOGIN = LinkKey.of(2000, DEVICE, U1);
    private static final LinkKey REFUSED = LinkKey.of(5000, DEVICE, U2);

    @TempDir
    private static Path directory;

    private static PostgresServer postgres;

    @BeforeAll
    static void start() throws Exception {
        postgres = PostgresServer.start(directory);
    }

    @AfterAll
    static void stop() throws Exception {
        postgres.close();
    }

    @BeforeEach
    void empty() throws SQLException {
        postgres.execute("truncate identifiers, identity_links, profile_merges, identifier_traits");
    }

    @Test
    void aLoginAndASharedDeviceAreReadAsTheyWereDecided() throws Exception {
        List<Attribution> log = new ArrayList<>();
        String floating = ProfileId.ledBy(DEVICE);
        log.add(event(DEVICE, floating, 1000, "page", null, new Standing(1000, 1000, null, null, false)));
        log.add(event(U1, of(U1), 2000, "identify", "{\"name\":\"Ada\",\"plan\":\"free\"}", leads(2000)));
        log.add(link(U1, of(U1), LOGIN));
        log.add(told(DEVICE, of(U1), new Standing(1000, 2000, floating, LOGIN, false)));
        log.add(event(DEVICE, of(U1), 3000, "identify", "{\"plan\":\"pro\",\"tags\":[1, {\"a\":null}]}", null));
        log.add(event(U2, of(U2), 5000, "identify", "{\"name\":\"Bob\",\"gone\":null}", leads(5000)));
        log.add(link(U2, of(U2), REFUSED));
        log.add(event(U2, of(U2), 9000, "track", null, null));

        for (int time = 0; time < 2; time++) {
            run(log);
            assertThat(postgres.rows("select identifier, profile_id, first_seen, last_seen, since, links_limited"
                            + " from identifiers order by identifier"))
                    .containsExactly(
                            DEVICE + "|" + of(U1) + "|" + at(1000) + "|" + at(3000) + "|" + at(2000) + "|f",
                            U1 + "|" + of(U1) + "|" + at(2000) + "|" + at(2000) + "|" + at(2000) + "|f",
                            U2 + "|" + of(U2) + "|" + at(5000) + "|" + at(9000) + "|" + at(5000) + "|f");
            assertThat(postgres.rows("select a, b, accepted, a_profile_id, b_profile_id, first_seen"
                            + " from identity_link_decisions order by first_seen"))
                    .containsExactly(
                            DEVICE + "|" + U1 + "|t|" + of(U1) + "|" + of(U1) + "|" + at(2000),
                            DEVICE + "|" + U2 + "|f|" + of(U1) + "|" + of(U2) + "|" + at(5000));
            assertThat(postgres.rows("select a, b, first_seen, a_profile_id, b_profile_id from refused_links"))
                    .containsExactly(DEVICE + "|" + U2 + "|" + at(5000) + "|" + of(U1) + "|" + of(U2));
            assertThat(postgres.rows("select profile_id, into_profile_id, a, b, link_first_seen from profile_merges"))
                    .containsExactly(floating + "|" + of(U1) + "|" + DEVICE + "|" + U1 + "|" + at(2000));
            assertThat(postgres.rows("select profile_id, first_seen, last_seen, identifiers, traits from profiles"
                            + " order by first_seen"))
                    .containsExactly(
                            of(U1) + "|" + at(1000) + "|" + at(3000) + "|2|"
                                    + "{\"name\": \"Ada\", \"plan\": \"pro\", \"tags\": [1, {\"a\": null}]}",
                            of(U2) + "|" + at(5000) + "|" + at(9000) + "|1|{\"gone\": null, \"name\": \"Bob\"}");
        }
    }

    @Test
    void ofTraitsOfOneProfileTheLatestIsReadWhicheverIdentifierHasIt() throws Exception {
        postgres.execute(
                "insert into identifiers select 'a:' || n, 'p', 'epoch', 'epoch', 'epoch' from generate_series(1, 3) n");
        postgres.execute("insert into identifier_traits values"
                + " ('a:1', 'plan', '\"a\"', '2020-01-02'), ('a:2', 'plan', '\"b\"', '2020-01-03'),"
                + " ('a:3', 'plan', '\"c\"', '2020-01-01'), ('a:1', 'tie', '\"B\"', '2020-01-01'),"
                + " ('a:2', 'tie', '\"a\"', '2020-01-01'), ('a:4', 'plan', '\"other\"', '2021-01-01')");
        assertThat(postgres.rows("select identifiers, traits from profiles"))
                .containsExactly("3|{\"tie\": \"a\", \"plan\": \"b\"}");
    }

    @Test
    void whatAClientMaySendStopsNothing() throws Exception {
        List<Attribution> log = new ArrayList<>();
        Random random = new Random(11);
        List<String> poison =
                List.of("user_id:\u0000", "user_id:a\u0000b", "user_id:\ud800", "user_id:" + cjk(random, 1000));
        List<String> longest = List.of("user_id:" + cjk(random, 512), "anonymous_id:" + cjk(random, 512));
        for (String identifier : poison) {
            log.add(event(identifier, of(identifier), 1000, "identify", "{\"a\":1}", leads(1000)));
            log.add(event(identifier, of(identifier), 1000, "track", null, null));
            log.add(link(U1, of(U1), LinkKey.of(1000, U1, identifier)));
            log.add(told(
                    DEVICE, of(identifier), new Standing(1, 1, of(DEVICE), LinkKey.of(1, DEVICE, identifier), false)));
        }
        log.add(link(longest.get(0), of(longest.get(0)), LinkKey.of(1000, longest.get(0), longest.get(1))));
        // As long as can be: 2500 bytes with the other end, and a merge has two profiles beside them.
        LinkKey widest = LinkKey.of(1000, longest.get(0), "email:" + cjk(random, 316) + "xx");
        log.add(link(longest.get(0), "p", widest));
        log.add(told(longest.get(0), of(U1), new Standing(1, 1, of(longest.get(0)), widest, false)));
        log.add(link(U1, of(U1), LinkKey.of(1000, U1, U1)));
        StringJoiner values = new StringJoiner(",", "{", "}");
        values.add("\"" + cjk(random, Traits.MAX_NAME_CHARS) + "\":1");
        int i = 0;
        for (String value : List.of(
                "1e400",
                "-1e-400",
                "1e401",
                "-1E-9999999",
                "1e131072",
                "9".repeat(4096),
                "0." + "9".repeat(4094),
                "\"\\u0000\"",
                "\"\\ud83d\\ude00\"",
                "\"\\ud83d\"",
                "\"\\ude00\\ud83d\"",
                "\"\\u007f\\u0001\u0085\u2028\"",
                "[".repeat(100) + "]".repeat(100),
                "[".repeat(2048) + "]".repeat(2048),
                "{\"\\u0000\":1}",
                "{\"\":{\"\":[]},\"\":2}",
                "\"" + cjk(random, 4094) + "\"",
                "-0",
                "-0.0e-0",
                "true",
                "null",
                "\"\"")) {
            values.add("\"v" + i++ + "\":" + value);
        }
        log.add(event(longest.get(0), of(longest.get(0)), 1000, "identify", values.toString(), leads(1000)));
        for (String traits : List.of("", "[]", "{", "{\"a\":", "nul", "{\"\\u0000\":1}", "{\"a\":1}x", "\u0000")) {
            log.add(event(U1, of(U1), 1000, "identify", traits, null));
        }
        log.add(event(U1, of(U1), 2000, "identify", "{\"last\":true}", null));
        run(log);
        assertThat(postgres.rows("select length(identifier) from identifiers order by 1"))
                .containsExactly("9", "14", "520");
        assertThat(postgres.rows("select octet_length(a) + octet_length(b) from identity_links"))
                .containsExactly("2500");
        assertThat(postgres.rows("select octet_length(a) + octet_length(b) from profile_merges"))
                .containsExactly("2500");
        // Of the values eight can't be held: 1e401, 1e-9999999, 1e131072, NUL twice, half a pair twice, 2048 deep.
        assertThat(postgres.rows("select count(*) from identifier_traits where identifier <> '" + U1 + "'"))
                .containsExactly(Integer.toString(1 + i - 8));
        assertThat(postgres.rows("select trait from identifier_traits where identifier = '" + U1 + "'"))
                .containsExactly("last");
    }

    @Test
    void aSinglePersonIsFoundThroughIndexes() throws Exception {
        postgres.execute("insert into identifiers select 'a:' || n, 'p' || n / 3, now(), now(), now()"
                + " from generate_series(1, 30000) n");
        postgres.execute("insert into identifier_traits select 'a:' || n, 't' || k, '1', now()"
                + " from generate_series(1, 30000) n, generate_series(1, 3) k");
        postgres.execute(
                "insert into identity_links select 'a:' || n, 'a:' || n + 1, now() from generate_series(1, 29999) n");
        postgres.execute("insert into profile_merges select 'm' || n, 'p' || n / 3, 'a', 'b', now(), now()"
                + " from generate_series(1, 30000) n");
        postgres.execute("analyze identifiers, identifier_traits, identity_links, profile_merges");
        for (String query : List.of(
                "select * from profiles where profile_id = 'p7'",
                "select * from identity_link_decisions where a = 'a:7' or b = 'a:7'",
                "select * from refused_links where a_profile_id = 'p7'",
                "select * from refused_links where b_profile_id = 'p7'",
                "select * from refused_links where a_profile_id = 'p7'"
                        + " union select * from refused_links where b_profile_id = 'p7'",
                "select * from profile_merges where profile_id = 'm7'",
                "select * from profile_merges where into_profile_id = 'p7'",
                "select * from identifier_traits where identifier = 'a:7'")) {
            assertThat(postgres.rows(query)).as(query).isNotEmpty();
            assertThat(String.join("\n", postgres.rows("explain " + query)))
                    .as(query)
                    .contains("Index")
                    .doesNotContain("Seq Scan");
        }
    }

    /** What people are told of, into the store. */
    private static void run(List<Attribution> log) throws Exception {
        // Each with an event as if it were the first of its identifier: what is taken for new need not be.
        List<StitchedRead> records = log.stream()
                .map(said ->
                        Pipelines.read(said, said.event() == null ? ProfileChange.UNKNOWN : said.eventTimeMillis()))
                .toList();
        StreamExecutionEnvironment environment = Pipelines.environment();
        MeasurePipeline pipeline = Pipelines.define(environment, records, new DeadLetter("raw/0/x", 0, "x", 0), CONFIG);
        ServingStore.identifiersAtLeastOnce(postgres.store(), CONFIG.measure())
                .drain(pipeline.identifiers(), "identifiers");
        ServingStore.identityLinksAtLeastOnce(postgres.store(), CONFIG.measure())
                .drain(pipeline.links(), "links");
        ServingStore.profileMergesAtLeastOnce(postgres.store(), CONFIG.measure())
                .drain(pipeline.merges(), "merges");
        ServingStore.identifierTraitsAtLeastOnce(postgres.store(), CONFIG.measure())
                .drain(pipeline.traits(), "traits");
        environment.execute();
    }

    private static String at(long millis) {
        String text = Instant.ofEpochMilli(millis).toString().replace('T', ' ').replace("Z", "");
        return (text.contains(".") ? text.replaceAll("0+$", "") : text) + "+00";
    }

    private static String of(String identifier) {
        return ProfileId.ledBy(identifier);
    }

    private static Standing leads(long firstSeen) {
        return new Standing(firstSeen, firstSeen, null, null, false);
    }

    private static String cjk(Random random, int characters) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < characters; i++) {
            text.append((char) (0x4E00 + random.nextInt(20_000)));
        }
        return text.toString();
    }

    private static Attribution event(
            String identifier, String profile, long time, String type, String traits, Standing standing) {
        Event event =
                new Event("m", type, null, null, null, null, null, null, time, null, null, null, traits, null, null);
        return new Attribution(identifier, profile, null, 0, 1, "raw", 0, time, time, event, null, standing);
    }

    private static Attribution link(String identifier, String profile, LinkKey link) {
        return new Attribution(identifier, profile, null, 0, 1, "", 0, 0, 0, null, link, null);
    }

    private static Attribution told(String identifier, String profile, Standing standing) {
        return new Attribution(identifier, profile, null, 0, 1, "", 0, 0, 0, null, null, standing);
    }
}
