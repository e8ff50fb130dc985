package dev.millrace.mirror;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.contract.MirroredRecord;
import dev.millrace.core.event.Event;
import dev.millrace.core.event.RejectionReason;
import dev.millrace.runtime.config.ConfigFile;
import dev.millrace.runtime.config.JobEnvironment;
import dev.millrace.runtime.config.MillraceConfig;
import dev.millrace.runtime.kafka.RawRecord;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.apache.avro.specific.SpecificData;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.types.PojoTestUtils;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.avro.AvroParquetReader;
import org.apache.parquet.hadoop.ParquetReader;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MirrorJobTest {
    @TempDir
    Path directory;

    @Test
    void whatFlowsIsSerializedWithoutKryo() {
        PojoTestUtils.assertSerializedAsPojoWithoutKryo(RawRecord.class);
    }

    @Test
    void everyRecordIsInItsHoursDirectoryByteForByteBrokenOrNot() throws Exception {
        long elevenToMidnight = Instant.parse("2026-02-28T23:59:59.999Z").toEpochMilli();
        List<RawRecord> raw = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            raw.add(event(i, elevenToMidnight + i % 2));
        }
        byte[] noText = {0, 0, 0, 0, 9, (byte) 0xff, (byte) 0xfe, 0};
        raw.add(new RawRecord(
                "raw", 1, 0, elevenToMidnight, null, noText, List.of(), null, RejectionReason.MALFORMED, "not Avro"));
        raw.add(new RawRecord(
                "raw", 1, 1, elevenToMidnight, null, null, List.of(), null, RejectionReason.EMPTY, "no value"));

        MillraceConfig config = config();
        StreamExecutionEnvironment environment = JobEnvironment.create(config, MirrorJob.NAME);
        environment.setParallelism(2);
        DataStream<RawRecord> stream = environment
                .fromData(RawRecord.class, raw.toArray(RawRecord[]::new))
                .uid("test-input")
                .rebalance();
        MirrorJob.mirror(stream, config);
        environment.execute();

        List<MirroredRecord> before = read("date=2026-02-28/hour=23");
        List<MirroredRecord> after = read("date=2026-03-01/hour=00");
        assertThat(before).hasSize(102);
        assertThat(after).hasSize(100);
        MirroredRecord first = before.get(0);
        assertThat(first.getValue()).isEqualTo(ByteBuffer.wrap("value-0".getBytes(StandardCharsets.UTF_8)));
        assertThat(first.getKey()).isEqualTo(ByteBuffer.wrap("key-0".getBytes(StandardCharsets.UTF_8)));
        assertThat(first.getFormat()).isEqualTo("json");
        assertThat(first.getHeaders()).extracting(h -> h.getKey()).containsExactly("h", "h", "none");
        assertThat(first.getHeaders().get(1).getValue()).isEqualTo(ByteBuffer.wrap(new byte[] {2}));
        assertThat(first.getHeaders().get(2).getValue()).isNull();
        assertThat(first.getRecordTimestamp()).isEqualTo(Instant.ofEpochMilli(elevenToMidnight));
        assertThat(first.getUserId()).isEqualTo("u");
        assertThat(first.getTimestamp()).isEqualTo(Instant.ofEpochMilli(5));
        assertThat(first.getDecodeError()).isNull();
        MirroredRecord broken = before.get(100);
        assertThat(broken.getValue()).isEqualTo(ByteBuffer.wrap(noText));
        assertThat(broken.getDecodeError()).isEqualTo("not Avro");
        assertThat(broken.getType()).isNull();
        assertThat(before.get(101).getValue()).isNull();
    }

    private static RawRecord event(int offset, long recordMillis) {
        Event event = new Event(
                "m" + offset, "track", "x", "u", null, null, null, null, 5L, null, null, "{}", null, null, null);
        return new RawRecord(
                "raw",
                0,
                offset,
                recordMillis,
                ("key-" + offset).getBytes(StandardCharsets.UTF_8),
                ("value-" + offset).getBytes(StandardCharsets.UTF_8),
                List.of(
                        new RawRecord.Header("h", new byte[] {1}),
                        new RawRecord.Header("h", new byte[] {2}),
                        new RawRecord.Header("none", null)),
                event,
                null,
                null);
    }

    private MillraceConfig config() throws IOException {
        Path file = directory.resolve("millrace.yaml");
        Files.writeString(
                file,
                """
                kafka: {bootstrap_servers: "unused:1"}
                registry: {url: "http://unused"}
                topics: {raw: [{name: raw, format: json}]}
                flink: {state_backend: hashmap}
                mirror: {root: "%s"}
                """
                        .formatted(directory.toUri()));
        return ConfigFile.load(file);
    }

    private List<MirroredRecord> read(String hour) throws IOException {
        List<MirroredRecord> rows = new ArrayList<>();
        try (Stream<Path> files = Files.list(directory.resolve("raw").resolve(hour))) {
            for (Path file : files.sorted().toList()) {
                assertThat(file.getFileName().toString()).doesNotStartWith(".").endsWith(".parquet");
                try (ParquetReader<MirroredRecord> reader = AvroParquetReader.<MirroredRecord>builder(
                                HadoopInputFile.fromPath(
                                        new org.apache.hadoop.fs.Path(file.toUri()), new Configuration()))
                        .withDataModel(SpecificData.getForClass(MirroredRecord.class))
                        .build()) {
                    for (MirroredRecord row = reader.read(); row != null; row = reader.read()) {
                        rows.add(row);
                    }
                }
            }
        }
        rows.sort(Comparator.comparing(MirroredRecord::getPartition).thenComparing(MirroredRecord::getOffset));
        return rows;
    }
}
