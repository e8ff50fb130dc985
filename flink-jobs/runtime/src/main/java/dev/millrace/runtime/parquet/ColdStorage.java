package dev.millrace.runtime.parquet;

import dev.millrace.contract.MirroredRecord;
import dev.millrace.runtime.config.MillraceConfig;
import dev.millrace.runtime.config.MillraceConfig.RawFormat;
import dev.millrace.runtime.kafka.RawEvent;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.connector.file.sink.FileSink;
import org.apache.flink.core.fs.Path;
import org.apache.flink.formats.parquet.ParquetBuilder;
import org.apache.flink.formats.parquet.ParquetWriterFactory;
import org.apache.flink.streaming.api.functions.sink.filesystem.OutputFileConfig;
import org.apache.flink.streaming.api.functions.sink.filesystem.rollingpolicies.OnCheckpointRollingPolicy;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.api.WriteSupport;
import org.apache.parquet.hadoop.codec.ZstandardCodec;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.OutputFile;

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

    /** Fast rather than tight: Parquet takes 3 by default. */
    private static final int ZSTD_LEVEL = 1;

    /** Texts of which nearly each is another one: to look for it in a dictionary, or for the least, is in vain. */
    private static final List<String> MOSTLY_NEW =
            List.of("key", "value", "message_id", "properties", "traits", "context");

    /** Numbers of which each is another one, though close to the last: in vain, too, but queries go by the least and greatest. */
    private static final List<String> EACH_NEW = List.of("offset", "timestamp", "sent_at", "received_at");

    private ColdStorage() {}

    /** Every record once, given checkpoints, on any file system that Flink knows. */
    public static FileSink<RawEvent> exactlyOnceSink(MillraceConfig config) {
        String root = config.requireMirror().root().replaceAll("/+$", "");
        HashMap<String, String> formats = new HashMap<>();
        config.topics().raw().forEach(topic -> formats.put(topic.name(), formatName(topic.format())));
        return FileSink.forBulkFormat(new Path(root + "/raw"), new ParquetWriterFactory<>(new Files(formats)))
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

    /** Writes files of raw records. */
    private record Files(HashMap<String, String> formats) implements ParquetBuilder<RawEvent> {
        @Override
        public ParquetWriter<RawEvent> createWriter(OutputFile file) throws IOException {
            Configuration hadoop = new Configuration(false);
            hadoop.setInt(ZstandardCodec.PARQUET_COMPRESS_ZSTD_LEVEL, ZSTD_LEVEL);
            Writing writing = new Writing(file, formats)
                    .withConf(hadoop)
                    .withCompressionCodec(CompressionCodecName.ZSTD)
                    .withRowGroupSize(ROW_GROUP_BYTES)
                    // Row groups are small and read as a whole.
                    .withSizeStatisticsEnabled(false);
            for (String column : MOSTLY_NEW) {
                writing = writing.withDictionaryEncoding(column, false).withStatisticsEnabled(column, false);
            }
            for (String column : EACH_NEW) {
                writing = writing.withDictionaryEncoding(column, false);
            }
            return writing.build();
        }
    }

    private static final class Writing extends ParquetWriter.Builder<RawEvent, Writing> {
        private final Map<String, String> formats;

        Writing(OutputFile file, Map<String, String> formats) {
            super(file);
            this.formats = formats;
        }

        @Override
        protected Writing self() {
            return this;
        }

        @Override
        @SuppressWarnings("deprecation") // Its successor is not abstract, and calls it.
        protected WriteSupport<RawEvent> getWriteSupport(Configuration hadoop) {
            return new MirroredRows(formats);
        }
    }
}
