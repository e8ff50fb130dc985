package dev.millrace.runtime.binary;

import dev.millrace.core.identity.Decision;
import dev.millrace.core.identity.LinkKey;
import dev.millrace.core.identity.Standing;
import java.io.IOException;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** What actors decided, where it is not written to Kafka in the same task. */
public final class DecisionSerializer extends Binary<Decision> {
    static final DecisionSerializer INSTANCE = new DecisionSerializer();
    private static final long UNKNOWN = Long.MIN_VALUE;

    private final ArrivalSerializer arrivals = new ArrivalSerializer();

    @Override
    public TypeSerializer<Decision> duplicate() {
        return new DecisionSerializer();
    }

    @Override
    public void serialize(Decision decision, DataOutputView target) throws IOException {
        target.writeUTF(decision.identifier());
        target.writeUTF(decision.profileId());
        target.writeLong(decision.firstSeenMillis());
        target.writeLong(decision.watermarkMillis() == null ? UNKNOWN : decision.watermarkMillis());
        target.writeInt(decision.writer());
        target.writeInt(decision.writers());
        target.writeBoolean(decision.arrival() != null);
        if (decision.arrival() != null) {
            arrivals.serialize(decision.arrival(), target);
        }
        target.writeBoolean(decision.duplicate());
        writeLink(decision.link(), target);
        Standing standing = decision.standing();
        target.writeBoolean(standing != null);
        if (standing != null) {
            target.writeLong(standing.firstSeenMillis());
            target.writeLong(standing.sinceMillis());
            writeNullable(standing.previousProfileId(), target);
            writeLink(standing.cause(), target);
            target.writeBoolean(standing.linksLimited());
        }
    }

    @Override
    public Decision deserialize(DataInputView source) throws IOException {
        String identifier = source.readUTF();
        String profileId = source.readUTF();
        long firstSeen = source.readLong();
        long watermark = source.readLong();
        return new Decision(
                identifier,
                profileId,
                firstSeen,
                watermark == UNKNOWN ? null : Long.valueOf(watermark),
                source.readInt(),
                source.readInt(),
                source.readBoolean() ? arrivals.deserialize(source) : null,
                source.readBoolean(),
                readLink(source),
                source.readBoolean()
                        ? new Standing(
                                source.readLong(),
                                source.readLong(),
                                readNullable(source),
                                readLink(source),
                                source.readBoolean())
                        : null);
    }

    private static void writeLink(LinkKey link, DataOutputView target) throws IOException {
        target.writeBoolean(link != null);
        if (link != null) {
            target.writeLong(link.timeMillis());
            target.writeUTF(link.lesser());
            target.writeUTF(link.greater());
        }
    }

    private static LinkKey readLink(DataInputView source) throws IOException {
        return source.readBoolean() ? new LinkKey(source.readLong(), source.readUTF(), source.readUTF()) : null;
    }

    @Override
    public TypeSerializerSnapshot<Decision> snapshotConfiguration() {
        return new Snapshot();
    }

    /** For Flink to find the serializer by. */
    public static final class Snapshot extends SimpleTypeSerializerSnapshot<Decision> {
        public Snapshot() {
            super(DecisionSerializer::new);
        }
    }
}
