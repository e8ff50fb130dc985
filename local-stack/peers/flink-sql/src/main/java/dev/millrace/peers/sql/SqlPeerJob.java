package dev.millrace.peers.sql;

import dev.millrace.runtime.config.ConfigFile;
import dev.millrace.runtime.config.JobEnvironment;
import dev.millrace.runtime.config.MillraceConfig;
import dev.millrace.runtime.config.MillraceConfig.StoreOptions;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.flink.table.api.bridge.java.StreamTableEnvironment;
import org.postgresql.Driver;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * Millrace's default counts, people, revenue and funnel as far as SQL can: reads the raw topic and upserts tables
 * {@code peer_*} in the serving store, which it makes where they are missing. A record that is no {@code CustomerEvent}
 * fails it.
 */
public final class SqlPeerJob {
    /** Name in the cluster, Kafka group, directory of its checkpoints. */
    public static final String NAME = "peer-flink-sql";

    private SqlPeerJob() {}

    public static void main(String[] arguments) throws Exception {
        MillraceConfig config = ConfigFile.fromArguments(arguments);
        prepare(config.requireStore());
        StreamTableEnvironment tables = SqlPipeline.tables(JobEnvironment.create(config, NAME));
        Map<String, String> values = values(config);
        SqlScript.read("raw_events.sql", values).statements().forEach(tables::executeSql);
        SqlScript.read("metric_tables.sql", values).statements().forEach(tables::executeSql);
        SqlPipeline.define(tables).execute();
    }

    private static void prepare(StoreOptions store) throws SQLException {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl(store.url());
        try (Connection connection = source.getConnection(store.user(), store.password());
                Statement statement = connection.createStatement()) {
            for (String each : SqlScript.read("store.sql", Map.of()).statements()) {
                statement.execute(each);
            }
        } finally {
            // The cluster could not unload this jar, planner and all, while the JVM knows its driver.
            Driver.deregister();
        }
    }

    /** Of the placeholders in the tables' definitions. */
    private static Map<String, String> values(MillraceConfig config) {
        return Map.of(
                "job",
                NAME,
                "topic",
                quoted(config.topics().produced()),
                "bootstrap_servers",
                quoted(config.kafka().bootstrapServers()),
                "registry",
                quoted(config.registry().url()),
                "more",
                more("properties.", config.kafka().properties())
                        + more(
                                "value.avro-confluent.properties.",
                                config.registry().properties()),
                "store",
                store(config.requireStore()));
    }

    private static String store(StoreOptions store) {
        Map<String, String> options = new LinkedHashMap<>();
        options.put("connector", "jdbc");
        // A batch is one statement of many rows, and not as many statements.
        options.put("url", store.url() + (store.url().contains("?") ? "&" : "?") + "reWriteBatchedInserts=true");
        options.put("username", store.user());
        if (store.password() != null) {
            options.put("password", store.password());
        }
        options.put("sink.buffer-flush.max-rows", "1000");
        options.put("sink.buffer-flush.interval", "1s");
        return options.entrySet().stream()
                .map(option -> option(option.getKey(), option.getValue()))
                .collect(Collectors.joining(", "));
    }

    /** Options that follow others. */
    private static String more(String prefix, Map<String, String> options) {
        return options.entrySet().stream()
                .map(option -> ", " + option(prefix + option.getKey(), option.getValue()))
                .collect(Collectors.joining());
    }

    private static String option(String key, String value) {
        return "'" + quoted(key) + "' = '" + quoted(value) + "'";
    }

    private static String quoted(String text) {
        return text.replace("'", "''");
    }
}
