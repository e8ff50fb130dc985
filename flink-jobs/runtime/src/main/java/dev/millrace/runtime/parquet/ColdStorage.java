package dev.millrace.runtime.parquet;

import dev.millrace.contract.MirroredRecord;
import dev.millrace.runtime.config.MillraceConfig;
import dev.millrace.runtime.config.MillraceConfig.RawFormat;
import dev.millrace.runtime.kafka.RawRecord;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.apache.avro.generic.GenericData;
import org.apache.avro.specific.SpecificData;
import org.apache.flink.api.common.serialization.BulkWriter;
import org.apache.flink.connector.file.sink.FileSink;
import org.apache.flink.core.fs.FSDataOutputStream;
import org.apache.flink.core.fs.Path;
import org.apache.flink.formats.parquet.ParquetWriterFactory;
import org.apache.flink.streaming.api.functions.sink.filesystem.OutputFileConfig;
import org.apache.flink.streaming.api.functions.sink.filesystem.rollingpolicies.OnCheckpointRollingPolicy;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.avro.AvroParquetWriter;
import org.apache.parquet.avro.AvroWriteSupport;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;

/**
 * Raw records as Parquet: {@code <root>/raw/date=YYYY-MM-DD/hour=HH/*.parquet}, rows of {@link MirroredRecord},
 * Zstandard. A file becomes visible under its final name when the checkpoint that closed it completes; what starts with
 * a dot is unfinished.
 */
public final class ColdStorage {
    /**
     * Bounds the memory of an open file. Files are closed at checkpoints and mostly smaller; but a backlog of a week has a
     * file open for each of its hours.
     */
    private static final long ROW_GROUP_BYTES = 4L << 20;

    private ColdStorage() {}

    /** Every record once, given checkpoints, on any file system that Flink knows. */
    public static FileSink<RawRecord> exactlyOnceSink(MillraceConfig config) {
        String root = config.requireMirror().root().replaceAll("/+$", "");
        HashMap<String, String> formats = new HashMap<>();
        config.topics().raw().forEach(topic -> formats.put(topic.name(), formatName(topic.format())));
        return FileSink.forBulkFormat(new Path(root + "/raw"), new Writers(formats))
                .withBucketAssigner(new HourBuckets())
                .withRollingPolicy(OnCheckpointRollingPolicy.build())
                .withOutputFileConfig(
                        OutputFileConfig.builder().withPartSuffix(".parquet").build())
                .build();
    }

    private static String formatName(RawFormat format) {
        return switch (format) {
            case AVRO -> "avro";
            case JSON -> "json";
        };
    }

    /** Writes a file of raw records. */
    private static final class Writers implements BulkWriter.Factory<RawRecord> {
        private final HashMap<String, String> formats;

        Writers(Map<String, String> formats) {
            this.formats = new HashMap<>(formats);
        }

        @Override
        public BulkWriter<RawRecord> create(FSDataOutputStream out) throws IOException {
            SpecificData model = SpecificData.getForClass(MirroredRecord.class);
            Configuration hadoop = new Configuration(false);
            // Lists as the Parquet specification has them.
            hadoop.setBoolean(AvroWriteSupport.WRITE_OLD_LIST_STRUCTURE, false);
            BulkWriter<MirroredRecord> file = new ParquetWriterFactory<MirroredRecord>(
                            output -> AvroParquetWriter.<MirroredRecord>builder(output)
                                    .withSchema(MirroredRecord.getClassSchema())
                                    .withDataModel((GenericData) model)
                                    .withConf(hadoop)
                                    .withCompressionCodec(CompressionCodecName.ZSTD)
                                    .withRowGroupSize(ROW_GROUP_BYTES)
                                    .build())
                    .create(out);
            return new BulkWriter<>() {
                @Override
                public void addElement(RawRecord record) throws IOException {
                    file.addElement(MirroredRows.row(record, formats.get(record.topic())));
                }

                @Override
                public void flush() throws IOException {
                    file.flush();
                }

                @Override
                public void finish() throws IOException {
                    file.finish();
                }
            };
        }
    }
}
