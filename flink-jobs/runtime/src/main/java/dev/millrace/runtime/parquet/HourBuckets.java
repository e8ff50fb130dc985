package dev.millrace.runtime.parquet;

import dev.millrace.runtime.kafka.RawEvent;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.flink.streaming.api.functions.sink.filesystem.BucketAssigner;
import org.apache.flink.streaming.api.functions.sink.filesystem.bucketassigners.SimpleVersionedStringSerializer;

/**
 * The directory of a record: date and hour of its Kafka timestamp, UTC. Taken from the record and not from the clock,
 * so that a record that is read again lands where it was.
 */
final class HourBuckets implements BucketAssigner<RawEvent, String> {
    private static final DateTimeFormatter DIRECTORY = DateTimeFormatter.ofPattern("'date='uuuu-MM-dd'/hour='HH");
    private static final long HOUR_MILLIS = 3_600_000;

    private transient long lastHour;
    private transient String lastDirectory;

    @Override
    public String getBucketId(RawEvent record, Context context) {
        long hour = Math.floorDiv(record.recordMillis(), HOUR_MILLIS);
        if (lastDirectory == null || hour != lastHour) {
            lastHour = hour;
            lastDirectory =
                    DIRECTORY.format(ZonedDateTime.ofInstant(Instant.ofEpochMilli(hour * HOUR_MILLIS), ZoneOffset.UTC));
        }
        return lastDirectory;
    }

    @Override
    public SimpleVersionedSerializer<String> getSerializer() {
        return SimpleVersionedStringSerializer.INSTANCE;
    }
}
