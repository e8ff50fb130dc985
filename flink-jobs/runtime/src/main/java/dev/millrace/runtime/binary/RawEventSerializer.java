package dev.millrace.runtime.binary;

import dev.millrace.core.event.RejectionReason;
import dev.millrace.runtime.kafka.RawEvent;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Raw records, where the source and what follows are not one task. */
public final class RawEventSerializer extends Binary<RawEvent> {
    static final RawEventSerializer INSTANCE = new RawEventSerializer();

    @Override
    public TypeSerializer<RawEvent> duplicate() {
        return new RawEventSerializer();
    }

    @Override
    public void serialize(RawEvent event, DataOutputView target) throws IOException {
        target.writeUTF(event.topic());
        target.writeInt(event.partition());
        target.writeLong(event.offset());
        target.writeLong(event.recordMillis());
        writeNullable(event.key(), target);
        writeNullable(event.value(), target);
        target.writeInt(event.headers().size());
        for (RawEvent.Header header : event.headers()) {
            writeNullable(header.key().getBytes(StandardCharsets.UTF_8), target);
            writeNullable(header.value(), target);
        }
        target.writeBoolean(event.isEvent());
        if (event.isEvent()) {
            writeNullable(event.envelope().copy(), target);
            target.writeLong(event.eventTimeMillis());
            target.writeBoolean(event.clockCorrected());
            target.writeBoolean(event.timeClamped());
        } else {
            target.writeUTF(event.reason().name());
            writeNullable(event.problem().getBytes(StandardCharsets.UTF_8), target);
        }
    }

    @Override
    public RawEvent deserialize(DataInputView source) throws IOException {
        RawEvent event = new RawEvent();
        event.at(source.readUTF(), source.readInt(), source.readLong(), source.readLong());
        event.bytes(readNullableBytes(source), readNullableBytes(source), readHeaders(source));
        if (source.readBoolean()) {
            byte[] avro = readNullableBytes(source);
            event.envelope().read(avro, 0, avro.length);
            event.time(source.readLong(), source.readBoolean(), source.readBoolean());
        } else {
            event.problem(
                    RejectionReason.valueOf(source.readUTF()),
                    new String(readNullableBytes(source), StandardCharsets.UTF_8));
        }
        return event;
    }

    private static List<RawEvent.Header> readHeaders(DataInputView source) throws IOException {
        int size = source.readInt();
        List<RawEvent.Header> headers = new ArrayList<>(size);
        for (int i = 0; i < size; i++) {
            String key = new String(readNullableBytes(source), StandardCharsets.UTF_8);
            headers.add(new RawEvent.Header(key, readNullableBytes(source)));
        }
        return headers;
    }

    @Override
    public TypeSerializerSnapshot<RawEvent> snapshotConfiguration() {
        return new Snapshot();
    }

    /** For Flink to find the serializer by. */
    public static final class Snapshot extends SimpleTypeSerializerSnapshot<RawEvent> {
        public Snapshot() {
            super(RawEventSerializer::new);
        }
    }
}
