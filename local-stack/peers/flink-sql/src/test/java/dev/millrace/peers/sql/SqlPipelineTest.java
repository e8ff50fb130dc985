package dev.millrace.peers.sql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.core.event.Event;
import dev.millrace.generator.Generator;
import dev.millrace.generator.GeneratorOptions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.typeutils.RowTypeInfo;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.api.Schema;
import org.apache.flink.table.api.bridge.java.StreamTableEnvironment;
import org.apache.flink.types.Row;
import org.junit.jupiter.api.Test;

class SqlPipelineTest {
    private static final String[] COLUMNS = {
        "message_id",
        "type",
        "event",
        "user_id",
        "anonymous_id",
        "timestamp",
        "sent_at",
        "received_at",
        "properties",
        "context"
    };

    @Test
    void theTablesHoldWhatPlainMapsComeToWhateverComesLateOrTwiceOrInWhatOrder() throws Exception {
        List<Event> events = new ArrayList<>();
        Generator.of(GeneratorOptions.ofSeed(7)
                        .withPeople(150)
                        .withEvents(6_000)
                        .withEventsPerSecond(0.4)
                        .withDuplicates(0.05)
                        .withLate(0.1)
                        .withSharedDevices(0.2)
                        .withMalformed(0))
                .forEachRemaining(generated -> events.add(generated.event()));
        Map<List<Object>, List<Object>> expected = Answers.of(events);
        Collections.shuffle(events, new Random(7));

        UpsertedTables.ROWS.clear();
        StreamExecutionEnvironment environment = StreamExecutionEnvironment.getExecutionEnvironment();
        environment.setParallelism(2);
        environment.getConfig().enableObjectReuse();
        StreamTableEnvironment tables = SqlPipeline.tables(environment);
        var source = environment.fromData(
                events.stream().map(SqlPipelineTest::row).toList(), new RowTypeInfo(types(), COLUMNS));
        tables.createTemporaryView("raw_events", source, schema());
        for (String table : SqlScript.read("metric_tables.sql", Map.of("store", "'connector' = 'upserted'"))
                .statements()) {
            tables.executeSql(table.replaceFirst(", 'table-name' = '\\w+'", ""));
        }
        SqlPipeline.define(tables).execute().await();

        assertThat(UpsertedTables.ROWS).isEqualTo(expected);
    }

    private static Row row(Event e) {
        return Row.of(
                e.messageId(),
                e.type(),
                e.name(),
                e.userId(),
                e.anonymousId(),
                e.timestampMillis(),
                e.sentAtMillis(),
                e.receivedAtMillis(),
                e.properties(),
                e.context());
    }

    private static TypeInformation<?>[] types() {
        return List.of(COLUMNS).stream()
                .map(column -> isTime(column) ? Types.LONG : Types.STRING)
                .toArray(TypeInformation<?>[]::new);
    }

    private static Schema schema() {
        Schema.Builder schema = Schema.newBuilder();
        for (String column : COLUMNS) {
            schema.column(column, isTime(column) ? DataTypes.BIGINT() : DataTypes.STRING());
        }
        return schema.columnByExpression("arrival", "PROCTIME()").build();
    }

    private static boolean isTime(String column) {
        return column.equals("timestamp") || column.endsWith("_at");
    }
}
