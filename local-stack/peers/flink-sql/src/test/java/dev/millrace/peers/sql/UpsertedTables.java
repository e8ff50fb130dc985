package dev.millrace.peers.sql;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.table.connector.ChangelogMode;
import org.apache.flink.table.connector.sink.DynamicTableSink;
import org.apache.flink.table.connector.sink.SinkV2Provider;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.factories.DynamicTableSinkFactory;
import org.apache.flink.table.types.DataType;
import org.apache.flink.types.Row;
import org.apache.flink.types.RowKind;

/** Connector {@code upserted}: keeps rows by table and primary key, as a database does that knows neither order nor retractions. */
public final class UpsertedTables implements DynamicTableSinkFactory {
    /** {@code table, primary key} to the other columns. */
    static final Map<List<Object>, List<Object>> ROWS = new ConcurrentHashMap<>();

    @Override
    public String factoryIdentifier() {
        return "upserted";
    }

    @Override
    public Set<ConfigOption<?>> requiredOptions() {
        return Set.of();
    }

    @Override
    public Set<ConfigOption<?>> optionalOptions() {
        return Set.of();
    }

    @Override
    public DynamicTableSink createDynamicTableSink(Context context) {
        var schema = context.getCatalogTable().getResolvedSchema();
        return new Table(
                context.getObjectIdentifier().getObjectName(),
                schema.getPrimaryKeyIndexes().length,
                context.getPhysicalRowDataType());
    }

    private record Table(String table, int keys, DataType type) implements DynamicTableSink {
        @Override
        public ChangelogMode getChangelogMode(ChangelogMode requested) {
            return ChangelogMode.upsert();
        }

        @Override
        public SinkRuntimeProvider getSinkRuntimeProvider(Context context) {
            return SinkV2Provider.of(new Rows(table, keys, context.createDataStructureConverter(type)));
        }

        @Override
        public DynamicTableSink copy() {
            return this;
        }

        @Override
        public String asSummaryString() {
            return table;
        }
    }

    private record Rows(String table, int keys, DynamicTableSink.DataStructureConverter converter)
            implements Sink<RowData> {
        @Override
        public SinkWriter<RowData> createWriter(WriterInitContext context) {
            return new SinkWriter<>() {
                @Override
                public void write(RowData row, Context time) {
                    upsert((Row) converter.toExternal(row));
                }

                @Override
                public void flush(boolean endOfInput) {}

                @Override
                public void close() {}
            };
        }

        private void upsert(Row row) {
            List<Object> key = new ArrayList<>(List.of(table));
            List<Object> values = new ArrayList<>();
            for (int i = 0; i < row.getArity(); i++) {
                (i < keys ? key : values).add(row.getField(i));
            }
            if (row.getKind() == RowKind.DELETE) {
                ROWS.remove(key);
            } else {
                ROWS.put(key, values);
            }
        }
    }
}
