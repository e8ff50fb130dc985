package dev.millrace.peers.sql;

import java.util.Map;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.table.api.EnvironmentSettings;
import org.apache.flink.table.api.StatementSet;
import org.apache.flink.table.api.bridge.java.StreamTableEnvironment;

/**
 * What is computed, whatever it is read from and written to.
 *
 * <pre>
 * raw_events ─▶ events ─by message id─▶ facts ─▶ peer_events, peer_orders, peer_page_views
 *                 │ ├─▶ owners ─────────┐
 *                 │ └─▶ presences ─┬─by anonymous id─▶ people ─▶ peer_people
 *                 └───▶ steps ─────┘                └▶ people_at_steps ─▶ peer_shop_funnel
 * </pre>
 */
final class SqlPipeline {
    private SqlPipeline() {}

    /** An environment for tables, with the options of {@code options.sql}. */
    static StreamTableEnvironment tables(StreamExecutionEnvironment environment) {
        // Operators of SQL are named by its planner; nobody restores them in another version.
        environment.configure(new Configuration().set(PipelineOptions.AUTO_GENERATE_UIDS, true));
        StreamTableEnvironment tables =
                StreamTableEnvironment.create(environment, EnvironmentSettings.inStreamingMode());
        SqlScript.read("options.sql", Map.of()).options().forEach(tables.getConfig()::set);
        return tables;
    }

    /** All statements as one job. The table {@code raw_events} and those that are written must be there. */
    static StatementSet define(StreamTableEnvironment tables) {
        SqlScript.read("views.sql", Map.of()).statements().forEach(tables::executeSql);
        StatementSet job = tables.createStatementSet();
        SqlScript.read("statements.sql", Map.of()).statements().forEach(job::addInsertSql);
        return job;
    }
}
