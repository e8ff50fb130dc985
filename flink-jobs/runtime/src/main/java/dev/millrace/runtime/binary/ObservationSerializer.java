package dev.millrace.runtime.binary;

import dev.millrace.core.catalogue.Catalogue;
import dev.millrace.core.catalogue.Hit;
import dev.millrace.core.catalogue.Metric;
import dev.millrace.core.event.Event;
import dev.millrace.core.identity.Attribution;
import dev.millrace.core.identity.LinkKey;
import dev.millrace.core.identity.Standing;
import dev.millrace.core.metric.Observation;
import dev.millrace.core.metric.Observation.SeenEvent;
import dev.millrace.core.metric.Texts;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** What measuring takes from a record, on its way to the leaf; it is in no state. Both ends have the same catalogue. */
public final class ObservationSerializer extends Binary<Observation> {
    private static final int EVENT = 1;
    private static final int PEOPLE = 2;
    private static final int WATERMARK = 4;

    private final Catalogue catalogue;
    private final Metric[] metrics;
    private transient Texts texts;

    ObservationSerializer(Catalogue catalogue) {
        this.catalogue = catalogue;
        this.metrics = catalogue.metrics().toArray(new Metric[0]);
    }

    @Override
    public TypeSerializer<Observation> duplicate() {
        return new ObservationSerializer(catalogue);
    }

    @Override
    public void serialize(Observation observation, DataOutputView target) throws IOException {
        target.writeUTF(observation.identifier());
        target.writeUTF(observation.profileId());
        writeNullable(observation.previousProfileId(), target);
        target.writeLong(observation.firstSeenMillis());
        target.writeLong(observation.term());
        SeenEvent event = observation.event();
        Attribution people = observation.people();
        boolean watermark = observation.watermarkMillis() != Observation.UNKNOWN_WATERMARK;
        target.writeByte((event != null ? EVENT : 0) | (people != null ? PEOPLE : 0) | (watermark ? WATERMARK : 0));
        if (watermark) {
            target.writeLong(observation.watermarkMillis());
        }
        if (event != null) {
            write(event, target);
        }
        if (people != null) {
            write(people, target);
        }
    }

    private void write(SeenEvent event, DataOutputView target) throws IOException {
        target.writeUTF(event.partition());
        target.writeLong(event.offset());
        target.writeLong(event.timeMillis());
        target.writeLong(event.messageHash());
        target.writeBoolean(event.duplicate());
        target.writeLong(event.arrivedMillis());
        target.writeShort(event.hits().size());
        for (Hit hit : event.hits()) {
            target.writeShort(indexOf(hit.metric()));
            target.writeUTF(hit.dimensions());
            target.writeLong(hit.micros());
            target.writeInt(hit.steps());
            writeNullable(hit.page(), target);
        }
        writeNullable(event.type(), target);
        writeNullable(event.name(), target);
        writeNullable(event.origin(), target);
    }

    private int indexOf(Metric metric) {
        for (int i = 0; i < metrics.length; i++) {
            if (metrics[i].id() == metric.id()) {
                return i;
            }
        }
        throw new IllegalStateException("metric " + metric.name() + " is not in the catalogue");
    }

    private static void write(Attribution people, DataOutputView target) throws IOException {
        target.writeLong(people.eventTimeMillis());
        writeNullable(people.event() == null ? null : people.event().type(), target);
        String traits = people.event() == null ? null : people.event().traits();
        writeNullable(traits == null ? null : traits.getBytes(StandardCharsets.UTF_8), target);
        writeLink(people.link(), target);
        Standing standing = people.standing();
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
    public Observation deserialize(DataInputView source) throws IOException {
        String identifier = source.readUTF();
        String profileId = source.readUTF();
        String previous = readNullable(source);
        long firstSeen = source.readLong();
        long term = source.readLong();
        int parts = source.readByte();
        long watermark = (parts & WATERMARK) == 0 ? Observation.UNKNOWN_WATERMARK : source.readLong();
        SeenEvent event = (parts & EVENT) == 0 ? null : readEvent(source);
        Attribution people = (parts & PEOPLE) == 0 ? null : readPeople(identifier, profileId, source);
        return new Observation(identifier, profileId, previous, firstSeen, term, watermark, event, people);
    }

    private SeenEvent readEvent(DataInputView source) throws IOException {
        if (texts == null) {
            texts = new Texts();
        }
        String partition = texts.read(source);
        long offset = source.readLong();
        long time = source.readLong();
        long hash = source.readLong();
        boolean duplicate = source.readBoolean();
        long arrived = source.readLong();
        int size = source.readShort();
        List<Hit> hits = new ArrayList<>(size);
        for (int i = 0; i < size; i++) {
            hits.add(new Hit(
                    metrics[source.readShort()],
                    texts.read(source),
                    source.readLong(),
                    source.readInt(),
                    readText(source)));
        }
        return new SeenEvent(
                partition,
                offset,
                time,
                hash,
                duplicate,
                arrived,
                hits,
                readText(source),
                readText(source),
                readText(source));
    }

    private String readText(DataInputView source) throws IOException {
        return source.readBoolean() ? texts.read(source) : null;
    }

    private static Attribution readPeople(String identifier, String profileId, DataInputView source)
            throws IOException {
        long time = source.readLong();
        String type = readNullable(source);
        byte[] traits = readNullableBytes(source);
        Event event = type == null ? null : withTraits(type, traits);
        LinkKey link = readLink(source);
        Standing standing = source.readBoolean()
                ? new Standing(
                        source.readLong(),
                        source.readLong(),
                        readNullable(source),
                        readLink(source),
                        source.readBoolean())
                : null;
        return new Attribution(identifier, profileId, null, 0, 1, "", 0, 0, time, event, link, standing);
    }

    private static Event withTraits(String type, byte[] traits) {
        String text = traits == null ? null : new String(traits, StandardCharsets.UTF_8);
        return new Event(null, type, null, null, null, null, null, null, null, null, null, null, text, null, null);
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
    public TypeSerializerSnapshot<Observation> snapshotConfiguration() {
        return new Snapshot();
    }

    /** For Flink to find the serializer by. */
    public static final class Snapshot extends SimpleTypeSerializerSnapshot<Observation> {
        public Snapshot() {
            super(() -> new ObservationSerializer(new Catalogue(List.of())));
        }
    }
}
