package dev.millrace.runtime.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.millrace.core.catalogue.Aggregate;
import dev.millrace.core.catalogue.Condition;
import dev.millrace.core.catalogue.DimensionDefinition;
import dev.millrace.core.catalogue.FunnelStep;
import dev.millrace.core.catalogue.Match;
import dev.millrace.core.catalogue.MetricDefinition;
import dev.millrace.core.catalogue.SessionRows;
import dev.millrace.core.identity.IdentifierType;
import dev.millrace.core.identity.IdentityRules;
import dev.millrace.core.identity.Normaliser;
import dev.millrace.runtime.config.MillraceConfig.FlinkOptions;
import dev.millrace.runtime.config.MillraceConfig.IdentityOptions;
import dev.millrace.runtime.config.MillraceConfig.Journeys;
import dev.millrace.runtime.config.MillraceConfig.KafkaOptions;
import dev.millrace.runtime.config.MillraceConfig.MeasureOptions;
import dev.millrace.runtime.config.MillraceConfig.MirrorOptions;
import dev.millrace.runtime.config.MillraceConfig.RawFormat;
import dev.millrace.runtime.config.MillraceConfig.RawTopic;
import dev.millrace.runtime.config.MillraceConfig.RegistryOptions;
import dev.millrace.runtime.config.MillraceConfig.RetentionOptions;
import dev.millrace.runtime.config.MillraceConfig.StateBackend;
import dev.millrace.runtime.config.MillraceConfig.StitchOptions;
import dev.millrace.runtime.config.MillraceConfig.StoreOptions;
import dev.millrace.runtime.config.MillraceConfig.TopicOptions;
import java.io.ByteArrayOutputStream;
import java.io.ObjectOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigFileTest {
    private static final String LEAST = "kafka: {bootstrap_servers: k:9092}\nregistry: {url: http://r}\n";
    private static final String EVERY_KEY =
            """
            kafka:
              bootstrap_servers: a:1,b:2
              properties: {security.protocol: SASL_SSL, linger.ms: 5}
            registry:
              url: http://r:8081
              properties: {basic.auth.user.info: x}
              auto_register: false
            topics:
              raw:
                - {name: web, format: json}
                - {name: apps}
              stitched: s
              rejected: r
              identity_loop: l
              loop_retention: 14d
              partitions: 12
              replication_factor: 3
            flink:
              state_backend: hashmap
              checkpoint_interval: 5s
              checkpoint_dir: s3://bucket/checkpoints
              restart_max_delay: 1m
              parallelism: 8
            mirror:
              root: s3://bucket/cold
            identity:
              hash_key: long and random text
              default_region: AT
              blocked_values: [test, "42"]
              max_path: 8
              types:
                - {name: customer, from: [user_id, "traits['customer.id']"], anchor: true, max_links: 500}
                - {name: mail, from: ["properties.contacts[*].mail"], normaliser: Email, blocked_values: [info@a.b]}
                - {name: cookie, from: [anonymous_id], normaliser: lower_case, hashed: true}
            stitch:
              dedupe_window: 48h
              dedupe_max_ids: 50
              max_future: 2h
              out_of_orderness: 1s
              idle_after: 10s
            measure:
              hot_horizon: 3d
              flush_interval: 250ms
              people_interval: 3s
              idle_after: 20s
              time_zone: Europe/Vienna
              default_metrics: false
              metrics:
                - name: revenue
                  description: What customers paid.
                  owner: shop
                  match:
                    types: [track]
                    events: [Order Completed]
                    where: [{path: properties.total, exists: true}, properties.id, {path: source, in: [web, 7, true]}]
                  aggregate: sum
                  value: properties.total
                  windows: [1h, 5m/1m]
                  time_zone: Europe/London
                  dimensions: [source, {name: currency, from: properties.currency}]
                  max_values: 50
                - {name: people, aggregate: Unique_Profiles, windows: 1h, dimensions: [lifecycle]}
                - {name: visits, aggregate: sessions, gap: 10m, windows: [1d]}
                - name: path
                  aggregate: funnel
                  steps:
                    - {name: looked, match: {types: page, where: {path: properties.n, above: 1.5}}}
                    - {name: bought, match: {events: [Bought]}}
                  within: 90m
                  windows: [1d]
              sessions:
                enabled: false
                gap: 5m
                types: [page]
                page: properties.page
                campaign: [context.utm, context.campaign.id]
                order: {events: [Bought]}
                revenue: properties.paid
              journeys: {enabled: false, events: 7}
              retention: {metrics: 30d, sessions: 2d, journeys: 3d}
            store:
              url: jdbc:postgresql://db/millrace
              user: millrace
              password: secret
            """;

    private static final List<MetricDefinition> METRICS = List.of(
            new MetricDefinition(
                    "revenue",
                    "What customers paid.",
                    "shop",
                    new Match(
                            List.of("track"),
                            List.of("Order Completed"),
                            List.of(
                                    Condition.exists("properties.total"),
                                    Condition.exists("properties.id"),
                                    new Condition(
                                            "source",
                                            null,
                                            List.of("web", 7, true),
                                            null,
                                            null,
                                            null,
                                            null,
                                            null,
                                            null)),
                            null),
                    Aggregate.SUM,
                    List.of("properties.total"),
                    List.of("1h", "5m/1m"),
                    "Europe/London",
                    List.of(
                            DimensionDefinition.of("source"),
                            new DimensionDefinition("currency", List.of("properties.currency"))),
                    50,
                    null,
                    null,
                    null),
            new MetricDefinition(
                    "people",
                    null,
                    null,
                    null,
                    Aggregate.UNIQUE_PROFILES,
                    null,
                    List.of("1h"),
                    null,
                    List.of(DimensionDefinition.of("lifecycle")),
                    10_000,
                    null,
                    null,
                    null),
            new MetricDefinition(
                    "visits",
                    null,
                    null,
                    null,
                    Aggregate.SESSIONS,
                    null,
                    List.of("1d"),
                    null,
                    List.of(),
                    10_000,
                    Duration.ofMinutes(10),
                    null,
                    null),
            new MetricDefinition(
                    "path",
                    null,
                    null,
                    null,
                    Aggregate.FUNNEL,
                    null,
                    List.of("1d"),
                    null,
                    List.of(),
                    10_000,
                    null,
                    List.of(
                            new FunnelStep(
                                    "looked",
                                    new Match(
                                            List.of("page"),
                                            null,
                                            List.of(new Condition(
                                                    "properties.n", null, null, null, 1.5, null, null, null, null)),
                                            null)),
                            new FunnelStep("bought", Match.of(null, List.of("Bought")))),
                    Duration.ofMinutes(90)));

    @TempDir
    private Path directory;

    @Test
    void whatIsLeftOutHasItsDefault() {
        MillraceConfig config = parse(LEAST);
        assertThat(config)
                .isEqualTo(new MillraceConfig(
                        new KafkaOptions("k:9092", Map.of()),
                        new RegistryOptions("http://r", Map.of(), true),
                        new TopicOptions(
                                List.of(new RawTopic("millrace.raw", RawFormat.AVRO)),
                                "millrace.stitched",
                                "millrace.rejected",
                                "millrace.identity-loop",
                                Duration.ofDays(7),
                                4,
                                1),
                        new FlinkOptions(StateBackend.ROCKSDB, Duration.ofSeconds(20), null, Duration.ofSeconds(30), 0),
                        null,
                        null,
                        new StitchOptions(
                                Duration.ofHours(24),
                                1000,
                                Duration.ofHours(1),
                                Duration.ofSeconds(5),
                                Duration.ofSeconds(30)),
                        new MeasureOptions(
                                Duration.ofDays(7),
                                Duration.ofMillis(500),
                                Duration.ofHours(1),
                                Duration.ofSeconds(30),
                                "UTC",
                                true,
                                List.of(),
                                SessionRows.DEFAULT,
                                new Journeys(true, 50),
                                new RetentionOptions(Duration.ofDays(400), Duration.ofDays(7), Duration.ofDays(7))),
                        null));
        assertThat(config.topics().produced()).isEqualTo("millrace.raw");
        assertThat(config.measure().zone()).isEqualTo(ZoneOffset.UTC);
        assertThat(parse(LEAST + "topics:\nflink:\nstitch: {}\nmeasure:\n  metrics:\nstore:\n"))
                .isEqualTo(config);
    }

    @Test
    void everyKeyIsRead() {
        MillraceConfig config = parse(EVERY_KEY);
        assertThat(config)
                .isEqualTo(new MillraceConfig(
                        new KafkaOptions("a:1,b:2", Map.of("security.protocol", "SASL_SSL", "linger.ms", "5")),
                        new RegistryOptions("http://r:8081", Map.of("basic.auth.user.info", "x"), false),
                        new TopicOptions(
                                List.of(new RawTopic("web", RawFormat.JSON), new RawTopic("apps", RawFormat.AVRO)),
                                "s",
                                "r",
                                "l",
                                Duration.ofDays(14),
                                12,
                                3),
                        new FlinkOptions(
                                StateBackend.HASHMAP,
                                Duration.ofSeconds(5),
                                "s3://bucket/checkpoints",
                                Duration.ofMinutes(1),
                                8),
                        new MirrorOptions("s3://bucket/cold"),
                        new IdentityOptions(
                                "long and random text",
                                "AT",
                                List.of("test", "42"),
                                8,
                                List.of(
                                        new IdentifierType(
                                                "customer",
                                                List.of("user_id", "traits['customer.id']"),
                                                true,
                                                500,
                                                List.of(),
                                                Normaliser.NONE,
                                                false),
                                        new IdentifierType(
                                                "mail",
                                                List.of("properties.contacts[*].mail"),
                                                false,
                                                100,
                                                List.of("info@a.b"),
                                                Normaliser.EMAIL,
                                                true),
                                        new IdentifierType(
                                                "cookie",
                                                List.of("anonymous_id"),
                                                false,
                                                100,
                                                List.of(),
                                                Normaliser.LOWER_CASE,
                                                true))),
                        new StitchOptions(
                                Duration.ofHours(48),
                                50,
                                Duration.ofHours(2),
                                Duration.ofSeconds(1),
                                Duration.ofSeconds(10)),
                        new MeasureOptions(
                                Duration.ofDays(3),
                                Duration.ofMillis(250),
                                Duration.ofSeconds(3),
                                Duration.ofSeconds(20),
                                "Europe/Vienna",
                                false,
                                METRICS,
                                new SessionRows(
                                        false,
                                        Duration.ofMinutes(5),
                                        List.of("page"),
                                        List.of("properties.page"),
                                        List.of("context.utm", "context.campaign.id"),
                                        Match.of(null, List.of("Bought")),
                                        List.of("properties.paid")),
                                new Journeys(false, 7),
                                new RetentionOptions(Duration.ofDays(30), Duration.ofDays(2), Duration.ofDays(3))),
                        new StoreOptions("jdbc:postgresql://db/millrace", "millrace", "secret")));
        assertThat(config.topics().produced()).isEqualTo("apps");
        assertThat(config.measure().zone()).isEqualTo(ZoneId.of("Europe/Vienna"));
        assertThat(config.requireStore().password()).isEqualTo("secret");
        assertThat(config.requireMirror().root()).isEqualTo("s3://bucket/cold");
    }

    @Test
    void identityNeedsNoMoreThanAKey() {
        IdentityOptions identity =
                parse(LEAST + "identity: {hash_key: long and random text}").requireIdentity();

        assertThat(identity)
                .isEqualTo(
                        new IdentityOptions("long and random text", "US", List.of(), 16, IdentifierType.DEFAULT_TYPES));
        assertThat(identity.rules().maxPath()).isEqualTo(16);
        assertThat(identity.rules().types().stream().map(IdentifierType::name))
                .containsExactly("user_id", "email", "phone", "device_id", "anonymous_id", "external_id");
        assertThat(identity.rules().isAnchor("user_id:1")).isTrue();
    }

    @Test
    void identityWithoutHashedTypesNeedsNoKey() {
        IdentityOptions identity = parse(LEAST + "identity: {types: [{name: user, from: [user_id]}]}")
                .requireIdentity();

        assertThat(identity.rules().maxLinks("user:1")).isEqualTo(100);
    }

    @Test
    void aMissingKeyIsRefusedWithTheWayOut() {
        refused(
                LEAST + "identity: {max_path: 4}",
                "'identity': 'hash_key' is missing: identifiers of type email, phone");
        refused(LEAST + "identity: {hash_key: \"${UNSET:-}\"}", "'identity': 'hash_key' is missing");
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> parse(LEAST).requireIdentity())
                .withMessageContaining("'hash_key' is missing")
                .withMessageContaining("Give any long random text (16 characters or more), as in identity: {hash_key: ")
                .withMessageContaining("keep it for ever");
    }

    @Test
    void blockedValuesComeOnTopOfTheBuiltInOnes() {
        IdentityRules rules = parse(EVERY_KEY).requireIdentity().rules();
        assertThat(rules.identifier("customer", "TEST")).isEmpty();
        assertThat(rules.identifier("customer", "42")).isEmpty();
        assertThat(rules.identifier("customer", "undefined")).isEmpty();
        assertThat(rules.identifier("customer", "43")).contains("customer:43");
        assertThat(rules.identifier("mail", "INFO@a.b")).isEmpty();
    }

    @Test
    void theExampleForProductionIsValidAndSaysTheDefaults() throws Exception {
        String example = Files.readString(Path.of("../../deploy/millrace.yaml"));
        Map<String, String> environment = Map.of("MILLRACE_STORE_URL", "jdbc:postgresql://db/millrace");
        MillraceConfig config =
                ConfigFile.parse(example, "millrace.yaml", name -> environment.getOrDefault(name, "of " + name));
        assertThat(config.requireStore().password()).isEqualTo("of MILLRACE_STORE_PASSWORD");

        // With the keys that stand there commented out, but for the credentials; prose ends with a full stop.
        Matcher commentedOut = Pattern.compile("(?m)^( *)# ((?: *- \\{| *(?:- )?[a-z_]+:(?= |$)).*)(?<!\\.)$")
                .matcher(example);
        MillraceConfig full = ConfigFile.parse(
                commentedOut.replaceAll("$1$2"), "millrace.yaml", name -> environment.getOrDefault(name, "of " + name));
        assertThat(commentedOut.reset().results()).hasSizeGreaterThan(15);
        assertThat(full.measure().metrics().stream().map(MetricDefinition::name))
                .containsExactly("refunds", "app_sessions", "sign_up");
        assertThat(without(full.measure(), full.measure().metrics())).isEqualTo(config.measure());
        assertThat(full.identity()).isEqualTo(config.identity());
        assertThat(full.stitch()).isEqualTo(config.stitch());
        assertThat(full.flink()).isEqualTo(config.flink());
        assertThat(full.topics()).isEqualTo(config.topics());
        assertThat(full.registry().autoRegister()).isEqualTo(config.registry().autoRegister());
    }

    private static MeasureOptions without(MeasureOptions options, List<MetricDefinition> metrics) {
        assertThat(options.metrics()).containsAll(metrics);
        return new MeasureOptions(
                options.hotHorizon(),
                options.flushInterval(),
                options.peopleInterval(),
                options.idleAfter(),
                options.timeZone(),
                options.defaultMetrics(),
                options.metrics().stream()
                        .filter(metric -> !metrics.contains(metric))
                        .toList(),
                options.sessions(),
                options.journeys(),
                options.retention());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "sttich: {}|sttich|stitch",
                "kafka: {bootstrap_server: x}|kafka.bootstrap_server|bootstrap_servers",
                "registry: {autoRegister: true}|registry.autoRegister|auto_register",
                "topics: {raw: [{name: a}, {name: b, fromat: json}]}|topics.raw[1].fromat|format",
                "identity: {hashkey: x}|identity.hashkey|hash_key",
                "identity: {types: [{name: a, normalizer: email}]}|identity.types[0].normalizer|normaliser",
                "stitch: {max_futur: 1h}|stitch.max_futur|max_future",
                "measure: {metrics: [{name: a, agregate: count}]}|measure.metrics[0].agregate|aggregate",
                "store: {jdbc: x}|store.jdbc|user"
            })
    void anUnknownKeyIsRefusedWithTheNearest(String yaml, String path, String nearest) {
        String section = yaml.substring(0, yaml.indexOf(':'));
        String text =
                LEAST.lines().filter(line -> !line.startsWith(section + ":")).reduce("", (a, b) -> a + b + "\n") + yaml;
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> parse(text))
                .withMessageMatching("test.yaml, line [0-9]+: (metric 'a': )?unknown key '" + Pattern.quote(path)
                        + "'; did you mean '.*")
                .withMessageContaining(nearest);
    }

    @Test
    void referencesStandForTheEnvironment() {
        Map<String, String> environment =
                Map.of("HOST", "k:9092", "EMPTY", "", "DOLLAR", "a$1\\b", "N", "6", "KEY", "long and random text");
        MillraceConfig config = ConfigFile.parse(
                """
                kafka:
                  bootstrap_servers: ${HOST},${HOST}
                  properties: {a: "${DOLLAR}", b: "${EMPTY}", c: "${EMPTY:-x}", d: $HOST, e: "${HOST", f: "${UNSET:-}"}
                registry: {url: "${UNSET:-http://r:${port}}"}
                topics: {partitions: "${N}", raw: [{name: "${UNSET:-web}"}]}
                identity: {hash_key: "${KEY}", blocked_values: ["${N}", "${UNSET:-7}"]}
                # ${NOT_LOOKED_AT}
                """,
                "test.yaml",
                environment::get);
        assertThat(config.kafka().bootstrapServers()).isEqualTo("k:9092,k:9092");
        assertThat(config.kafka().properties())
                .isEqualTo(Map.of("a", "a$1\\b", "b", "", "c", "", "d", "$HOST", "e", "${HOST", "f", ""));
        assertThat(config.registry().url()).isEqualTo("http://r:${port}");
        assertThat(config.topics().partitions()).isEqualTo(6);
        assertThat(config.topics().raw()).containsExactly(new RawTopic("web", RawFormat.AVRO));
        assertThat(config.identity().blockedValues()).containsExactly("6", "7");
        assertThat(config.identity().hashKey()).isEqualTo("long and random text");
    }

    @Test
    void aReferenceToNothingIsRefusedWithItsKeyAndName() {
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> parse(LEAST + "store: {url: \"${STORE_URL}\", user: u}"))
                .withMessage("test.yaml, line 3: 'url' refers to the environment variable STORE_URL, which is not set");
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> parse(LEAST + "identity: {blocked_values: [a, \"${VALUE}\"]}"))
                .withMessageContaining("'[1]' refers to the environment variable VALUE, which is not set");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "flink: {checkpoint_interval: fast}|'flink.checkpoint_interval': 'fast' is not a duration",
                "flink: {checkpoint_interval: 10}|'flink.checkpoint_interval': '10' is not a duration",
                "flink: {checkpoint_interval: 0s}|'checkpoint_interval' must be above zero",
                "flink: {restart_max_delay: [1s]}|'flink.restart_max_delay': '' is not a duration",
                "flink: {state_backend: disk}|flink.state_backend",
                "flink: {parallelism: many}|flink.parallelism",
                "identity: {hash_key: tooshort}|'identity': 'hash_key' must have 16 characters or more, but has 8",
                "identity: {hash_key: 0123456789abcdef, default_region: Austria}|'default_region' must be the two capital",
                "identity: {hash_key: 0123456789abcdef, max_path: 0}|'max_path' must be above zero, but is 0",
                "identity: {hash_key: 0123456789abcdef, max_path: 129}|'max_path' must be at most 128, but is 129",
                "identity: {types: []}|'identity': 'types' must name at least one type of identifier",
                "identity: {types: [{from: [user_id]}]}|'identity.types[0]': identifier type 'null' must be named",
                "identity: {types: [{name: a}]}|'identity.types[0]': identifier type 'a' has no 'from'",
                "identity: {types: [{name: a, from: [user.id]}]}|'identity.types[0]': identifier type 'a': 'user.id' is",
                "identity: {types: [{name: a, from: [traits.]}]}|after 'traits.' a name is expected",
                "identity: {types: [{name: a, from: [user_id], max_links: -1}]}|'max_links' must be above zero, but is -1",
                "identity: {types: [{name: a, from: [user_id], normaliser: url}]}|identity.types[0].normaliser",
                "identity: {types: [{name: a, from: [user_id], hashed: true}]}|'hash_key' is missing: identifiers of type a",
                "identity: {types: [{name: a, from: [user_id]}, {name: a, from: [group_id]}]}|'types' names 'a' twice",
                "identity: {types: [{name: a, from: [user_id]}, {name: b, from: [user_id]}]}|both take 'user_id'",
                "identity: {types: [{name: a, from: [group_id]}]}|no identifier type takes user_id or anonymous_id",
                "stitch: {dedupe_window: -1h}|'stitch.dedupe_window': '-1h' is not a duration",
                "stitch: {dedupe_max_ids: -1}|'dedupe_max_ids' must be above zero, but is -1",
                "topics: {partitions: -4}|'partitions' must be above zero, but is -4",
                "topics: {replication_factor: -1}|'replication_factor' must be above zero",
                "topics: {raw: []}|'raw' must name at least one topic",
                "topics: {raw: [{name: a}, {name: a, format: json}]}|'raw' names a topic twice",
                "topics: {stitched: a, rejected: a}|'topics': the topic 'a' has two uses: those of 'raw', 'stitched',",
                "topics: {raw: [{name: a}, {name: b}], identity_loop: b}|'topics': the topic 'b' has two uses",
                "topics: {rejected: millrace.raw}|the topic 'millrace.raw' has two uses",
                "topics: {stitched: millrace.identity-loop}|the topic 'millrace.identity-loop' has two uses",
                "topics: {raw: [{format: json}]}|'topics.raw[0]': 'name' is missing",
                "topics: {raw: [{name: a, format: xml}]}|topics.raw[0].format",
                "measure: {time_zone: Vienna}|time_zone 'Vienna' is none; use a name as in Europe/Vienna",
                "measure: {time_zone: \"+02:00\"}|time_zone '+02:00' is none; use a name as in Europe/Vienna, or UTC",
                "measure: {hot_horizon: 1 week}|'1 week' is not a duration",
                "measure: {hot_horizon: 36501d}|'hot_horizon' must be at most 36500d, but is 36501d",
                "measure: {hot_horizon: 1h}|'hot_horizon' is 1h, but metric 'shop_funnel' may change until 1d after the end",
                "measure: {hot_horizon: 29m, default_metrics: false}|'sessions' may change until 30m after the end",
                "flink: {parallelism: 1.5}|flink.parallelism",
                "flink: {parallelism: -3}|'parallelism' must be above zero, but is -3",
                "flink: {state_backend: 1}|flink.state_backend",
                "measure: {journeys: {events: 50.9}}|measure.journeys.events",
                "store: {url: \"mysql://x\", user: u}|'store': url must start with jdbc:postgresql:",
                "store: {url: \"jdbc:postgresql:x\"}|'store': 'user' is missing",
                "mirror: {root: \"\"}|'mirror': 'root' is missing"
            })
    void aValueThatCantBeIsRefusedWithItsReason(String yaml, String sentence) {
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> parse(LEAST + yaml))
                .withMessageStartingWith("test.yaml, line 3: ")
                .withMessageContaining(sentence);
    }

    @Test
    void aHorizonThatIsAsLongAsWhatWindowsWaitForWillDo() {
        assertThat(parse(LEAST + "measure: {hot_horizon: 30m, default_metrics: false}")
                        .measure()
                        .hotHorizon())
                .hasMinutes(30);
    }

    /** Else it would be left out without a word. */
    @Test
    void aSecondDocumentIsRefused() {
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> parse(LEAST + "---\nmeasure: {hot_horizon: 3d}"))
                .withMessageStartingWith("test.yaml")
                .withMessageContaining("one document");
        assertThat(parse(LEAST + "measure: {hot_horizon: 3d}\n---\n").measure().hotHorizon())
                .as("nothing comes after it")
                .hasDays(3);
    }

    @Test
    void aMissingSectionIsRefusedWhereItIsNeeded() {
        refused("registry: {url: http://r}", "'kafka' is missing");
        refused("kafka: {bootstrap_servers: k}", "'registry' is missing");
        refused("kafka: {}\nregistry: {url: http://r}", "'kafka': 'bootstrap_servers' is missing");
        refused("kafka: {bootstrap_servers: \"\"}\nregistry: {url: http://r}", "'bootstrap_servers' is missing");
        MillraceConfig least = parse(LEAST);
        assertThat(least.store()).isNull();
        assertThat(least.mirror()).isNull();
        assertThat(least.identity()).isNull();
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(least::requireStore)
                .withMessage("'store' is missing");
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(least::requireMirror)
                .withMessage("'mirror' is missing");
    }

    @Test
    void producersNeedATopicOfFormatAvro() {
        MillraceConfig config = parse(LEAST + "topics: {raw: [{name: a, format: json}]}");
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> config.topics().produced())
                .withMessageContaining("topics.raw has no topic of format avro");
    }

    @Test
    void textThatIsNoMappingIsRefused() {
        refused("", "the configuration must be a YAML mapping");
        refused("# nothing", "the configuration must be a YAML mapping");
        refused("- kafka", "the configuration must be a YAML mapping");
        refused("kafka", "the configuration must be a YAML mapping");
        refused("kafka: {", "not YAML: ");
        refused("kafka: a: b", "not YAML: ");
        refused(LEAST + "kafka: {bootstrap_servers: x}", "Duplicate field 'kafka'");
    }

    @Test
    void aFileIsReadAndOneThatIsNotThereIsNamed() throws Exception {
        Path file = Files.writeString(directory.resolve("millrace.yaml"), LEAST);
        assertThat(ConfigFile.load(file)).isEqualTo(parse(LEAST));
        assertThat(ConfigFile.fromArguments(new String[] {"--config", file.toString()}))
                .isEqualTo(parse(LEAST));
        Path absent = directory.resolve("absent.yaml");
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> ConfigFile.load(absent))
                .withMessageContaining("can't read the configuration " + absent);
        for (String[] arguments : new String[][] {{}, {"--config"}, {"millrace.yaml"}, {"--conf", "x"}}) {
            assertThatExceptionOfType(ConfigException.class)
                    .isThrownBy(() -> ConfigFile.fromArguments(arguments))
                    .withMessageStartingWith("usage: --config FILE");
        }
    }

    @Test
    void secretsAreNotPrinted() {
        MillraceConfig config = parse(
                """
                kafka: {bootstrap_servers: k, properties: {sasl.jaas.config: "password=s3cret"}}
                registry: {url: http://r, properties: {basic.auth.user.info: "me:s3cret"}}
                store: {url: "jdbc:postgresql:x", user: me, password: s3cret}
                identity: {hash_key: s3cret-and-long-enough}
                """);
        assertThat(config.toString())
                .doesNotContain("s3cret")
                .contains("jdbc:postgresql:x", "user=me", "sasl.jaas.config", "basic.auth.user.info");
    }

    @Test
    void aConfigurationGoesIntoAJobGraph() throws Exception {
        try (ObjectOutputStream out = new ObjectOutputStream(new ByteArrayOutputStream())) {
            out.writeObject(parse(EVERY_KEY));
        }
    }

    private static MillraceConfig parse(String yaml) {
        return ConfigFile.parse(yaml, "test.yaml", name -> null);
    }

    private static void refused(String yaml, String sentence) {
        assertThatExceptionOfType(ConfigException.class)
                .as(yaml)
                .isThrownBy(() -> parse(yaml))
                .withMessageMatching("(?s)test\\.yaml(, line [0-9]+)?: .*")
                .withMessageContaining(sentence);
    }
}
