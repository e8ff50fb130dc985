package dev.millrace.runtime.parquet;

import dev.millrace.contract.CustomerEvent;
import dev.millrace.contract.MirroredHeader;
import dev.millrace.contract.MirroredRecord;
import dev.millrace.runtime.kafka.EventContract;
import dev.millrace.runtime.kafka.RawRecord;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;

/** Rows of cold storage. */
final class MirroredRows {
    private MirroredRows() {}

    /** The row of a record: its bytes, and its envelope where it has one. */
    static MirroredRecord row(RawRecord record, String format) {
        List<MirroredHeader> headers = record.headers().stream()
                .map(header -> new MirroredHeader(header.key(), bytes(header.value())))
                .toList();
        MirroredRecord row = new MirroredRecord();
        row.setTopic(record.topic());
        row.setPartition(record.partition());
        row.setOffset(record.offset());
        row.setRecordTimestamp(Instant.ofEpochMilli(record.recordMillis()));
        row.setKey(bytes(record.key()));
        row.setValue(bytes(record.value()));
        row.setHeaders(headers);
        row.setFormat(format);
        if (record.event() == null) {
            row.setDecodeError(record.problem());
            return row;
        }
        CustomerEvent event = EventContract.toContract(record.event());
        row.setMessageId(event.getMessageId());
        row.setType(event.getType());
        row.setEvent(event.getEvent());
        row.setUserId(event.getUserId());
        row.setAnonymousId(event.getAnonymousId());
        row.setPreviousId(event.getPreviousId());
        row.setGroupId(event.getGroupId());
        row.setSource(event.getSource());
        row.setTimestamp(event.getTimestamp());
        row.setSentAt(event.getSentAt());
        row.setReceivedAt(event.getReceivedAt());
        row.setProperties(event.getProperties());
        row.setTraits(event.getTraits());
        row.setContext(event.getContext());
        row.setExtras(event.getExtras());
        return row;
    }

    private static ByteBuffer bytes(byte[] bytes) {
        return bytes == null ? null : ByteBuffer.wrap(bytes);
    }
}
