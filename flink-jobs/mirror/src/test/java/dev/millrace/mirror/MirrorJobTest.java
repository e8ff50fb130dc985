package dev.millrace.mirror;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.contract.CustomerEvent;
import dev.millrace.contract.MirroredRecord;
import dev.millrace.core.event.Event;
import dev.millrace.core.event.RejectionReason;
import dev.millrace.runtime.binary.BinaryType;
import dev.millrace.runtime.config.ConfigFile;
import dev.millrace.runtime.config.JobEnvironment;
import dev.millrace.runtime.config.MillraceConfig;
import dev.millrace.runtime.kafka.AvroEncoder;
import dev.millrace.runtime.kafka.EventContract;
import dev.millrace.runtime.kafka.RawEvent;
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
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.avro.AvroParquetReader;
import org.apache.parquet.hadoop.ParquetReader;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MirrorJobTest {
    /** Magic byte and schema id. */
    private static final int WIRE_HEADER_BYTES = 5;

    @TempDir
    Path directory;

    @Test
    void everyRecordIsInItsHoursDirectoryByteForByteBrokenOrNot() throws Exception {
        long elevenToMidnight = Instant.parse("2026-02-28T23:59:59.999Z").toEpochMilli();
        List<RawEvent> raw = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            raw.add(event(i, elevenToMidnight + i % 2));
        }
        byte[] noText = {0, 0, 0, 0, 9, (byte) 0xff, (byte) 0xfe, 0};
        raw.add(broken(0, elevenToMidnight, noText, RejectionReason.MALFORMED, "not Avro"));
        raw.add(broken(1, elevenToMidnight, null, RejectionReason.EMPTY, "no value"));

        MillraceConfig config = config();
        StreamExecutionEnvironment environment = JobEnvironment.create(config, MirrorJob.NAME);
        environment.setParallelism(2);
        DataStream<RawEvent> stream = environment
                .fromData(raw, BinaryType.RAW_EVENT)
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
        for (int i = 0; i < 100; i++) {
            assertThat(envelope(before.get(i))).isEqualTo(ofEnvelope(2 * i));
        }
        MirroredRecord broken = before.get(100);
        assertThat(broken.getValue()).isEqualTo(ByteBuffer.wrap(noText));
        assertThat(broken.getDecodeError()).isEqualTo("not Avro");
        assertThat(broken.getType()).isNull();
        assertThat(before.get(101).getValue()).isNull();
    }

    /** Each field of the envelope, or most of them absent; text of one byte and of more a character. */
    private static Event ofEnvelope(int offset) {
        return offset % 3 == 0
                ? new Event(
                        "m" + offset, "track", "x", "u", null, null, null, null, 5L, null, null, "{}", null, null, null)
                : new Event(
                        "m" + offset,
                        "identify",
                        "übung",
                        "u" + offset,
                        "a",
                        "",
                        "g😀",
                        "web",
                        5L,
                        -6L,
                        Long.MAX_VALUE / 2_000_000,
                        "{\"a\":[1]}",
                        "{\"ä\":1}",
                        "{}",
                        "[]");
    }

    private static Event envelope(MirroredRecord row) {
        return new Event(
                row.getMessageId(),
                row.getType(),
                row.getEvent(),
                row.getUserId(),
                row.getAnonymousId(),
                row.getPreviousId(),
                row.getGroupId(),
                row.getSource(),
                millis(row.getTimestamp()),
                millis(row.getSentAt()),
                millis(row.getReceivedAt()),
                row.getProperties(),
                row.getTraits(),
                row.getContext(),
                row.getExtras());
    }

    private static Long millis(Instant time) {
        return time == null ? null : time.toEpochMilli();
    }

    private static RawEvent event(int offset, long recordMillis) {
        RawEvent record = new RawEvent();
        record.at("raw", 0, offset, recordMillis);
        record.bytes(
                ("key-" + offset).getBytes(StandardCharsets.UTF_8),
                ("value-" + offset).getBytes(StandardCharsets.UTF_8),
                List.of(
                        new RawEvent.Header("h", new byte[] {1}),
                        new RawEvent.Header("h", new byte[] {2}),
                        new RawEvent.Header("none", null)));
        byte[] avro = new AvroEncoder<CustomerEvent>(CustomerEvent.getClassSchema(), 0)
                .encode(EventContract.toContract(ofEnvelope(offset)));
        assertThat(record.envelope().read(avro, WIRE_HEADER_BYTES, avro.length)).isTrue();
        return record;
    }

    private static RawEvent broken(
            int offset, long recordMillis, byte[] value, RejectionReason reason, String problem) {
        RawEvent record = new RawEvent();
        record.at("raw", 1, offset, recordMillis);
        record.bytes(null, value, List.of());
        record.problem(reason, problem);
        return record;
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
                        .formatted("file://" + directory));
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
