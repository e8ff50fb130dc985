package dev.millrace.runtime.binary;

import dev.millrace.core.catalogue.Catalogue;
import dev.millrace.core.event.Rejected;
import dev.millrace.core.event.RejectionReason;
import dev.millrace.core.metric.Observation;
import dev.millrace.runtime.kafka.StitchedRead;
import java.io.IOException;
import java.util.List;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Records of {@code millrace.stitched}, where they are not taken in by the task that read them. */
public final class StitchedReadSerializer extends Binary<StitchedRead> {
    private static final long UNKNOWN = Long.MIN_VALUE;

    private final Catalogue catalogue;
    private final TypeSerializer<Observation> observations;

    StitchedReadSerializer(Catalogue catalogue) {
        this.catalogue = catalogue;
        this.observations = new ObservationSerializer(catalogue);
    }

    @Override
    public TypeSerializer<StitchedRead> duplicate() {
        return new StitchedReadSerializer(catalogue);
    }

    @Override
    public void serialize(StitchedRead read, DataOutputView target) throws IOException {
        target.writeLong(read.appendedMillis());
        target.writeLong(read.watermarkMillis() == null ? UNKNOWN : read.watermarkMillis());
        target.writeInt(read.writer());
        target.writeInt(read.writers());
        target.writeBoolean(read.observation() != null);
        if (read.observation() != null) {
            observations.serialize(read.observation(), target);
            return;
        }
        Rejected rejected = read.rejected();
        target.writeUTF(rejected.topic());
        target.writeInt(rejected.partition());
        target.writeLong(rejected.offset());
        target.writeLong(rejected.recordMillis());
        writeNullable(rejected.key(), target);
        writeNullable(rejected.value(), target);
        target.writeUTF(rejected.stage());
        target.writeUTF(rejected.reason().name());
        target.writeUTF(rejected.message());
    }

    @Override
    public StitchedRead deserialize(DataInputView source) throws IOException {
        long appended = source.readLong();
        long watermark = source.readLong();
        int writer = source.readInt();
        int writers = source.readInt();
        Long known = watermark == UNKNOWN ? null : Long.valueOf(watermark);
        if (source.readBoolean()) {
            return new StitchedRead(appended, known, writer, writers, observations.deserialize(source), null);
        }
        return new StitchedRead(
                appended,
                known,
                writer,
                writers,
                null,
                new Rejected(
                        source.readUTF(),
                        source.readInt(),
                        source.readLong(),
                        source.readLong(),
                        readNullableBytes(source),
                        readNullableBytes(source),
                        source.readUTF(),
                        RejectionReason.valueOf(source.readUTF()),
                        source.readUTF()));
    }

    @Override
    public TypeSerializerSnapshot<StitchedRead> snapshotConfiguration() {
        return new Snapshot();
    }

    /** For Flink to find the serializer by. */
    public static final class Snapshot extends SimpleTypeSerializerSnapshot<StitchedRead> {
        public Snapshot() {
            super(() -> new StitchedReadSerializer(new Catalogue(List.of())));
        }
    }
}
