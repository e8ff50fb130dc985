package dev.millrace.runtime.binary;

import dev.millrace.core.identity.Arrival;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Events on their way to their leaf: what routes them, and their bytes as they are. */
public final class ArrivalSerializer extends Binary<Arrival> {
    static final ArrivalSerializer INSTANCE = new ArrivalSerializer();
    private static final int NO_ALIAS = -1;

    /** The topic read last: it is nearly always the next one's. */
    private transient String topic;

    @Override
    public TypeSerializer<Arrival> duplicate() {
        return new ArrivalSerializer();
    }

    @Override
    public void serialize(Arrival arrival, DataOutputView target) throws IOException {
        List<String> others = arrival.others();
        target.writeUTF(arrival.leaf());
        target.writeInt(others.size());
        for (int i = 0; i < others.size(); i++) {
            target.writeUTF(others.get(i));
        }
        target.writeInt(arrival.alias() == null ? NO_ALIAS : others.indexOf(arrival.alias()));
        target.writeLong(arrival.messageHash());
        target.writeLong(arrival.eventTimeMillis());
        target.writeUTF(arrival.topic());
        target.writeInt(arrival.partition());
        target.writeLong(arrival.offset());
        target.writeInt(arrival.to() - arrival.from());
        target.write(arrival.avro(), arrival.from(), arrival.to() - arrival.from());
    }

    @Override
    public Arrival deserialize(DataInputView source) throws IOException {
        String leaf = source.readUTF();
        int size = source.readInt();
        List<String> others = List.of();
        if (size == 1) {
            others = List.of(source.readUTF());
        } else if (size > 1) {
            others = new ArrayList<>(size);
            for (int i = 0; i < size; i++) {
                others.add(source.readUTF());
            }
        }
        int alias = source.readInt();
        long hash = source.readLong();
        long eventTimeMillis = source.readLong();
        String read = source.readUTF();
        if (!read.equals(topic)) {
            topic = read;
        }
        int partition = source.readInt();
        long offset = source.readLong();
        byte[] avro = new byte[source.readInt()];
        source.readFully(avro);
        return new Arrival(
                leaf,
                others,
                alias == NO_ALIAS ? null : others.get(alias),
                hash,
                eventTimeMillis,
                topic,
                partition,
                offset,
                avro,
                0,
                avro.length);
    }

    @Override
    public TypeSerializerSnapshot<Arrival> snapshotConfiguration() {
        return new Snapshot();
    }

    /** For Flink to find the serializer by. */
    public static final class Snapshot extends SimpleTypeSerializerSnapshot<Arrival> {
        public Snapshot() {
            super(ArrivalSerializer::new);
        }
    }
}
