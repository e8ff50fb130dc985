package dev.millrace.core.identity;

import dev.millrace.core.event.RecentMessageIds;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * The binary form of actors and of labels, small and quick to read: an actor is read and written at each of its events.
 *
 * <p>A value begins with its version. An identifier that occurs more than once in a value is written once: the second time
 * by its number. Not for use by several threads.
 */
public final class ActorCodec {
    private static final int VERSION = 1;

    private static final int LIMITED = 1;
    private static final int HAS_LABEL = 2;
    private static final int HAS_ALIASES = 4;
    private static final int HAS_TIMER = 8;
    private static final int HAS_PROFILE = 16;
    private static final int ANCHORED = 1;
    private static final int FLOATING = 2;

    /** The identifiers of the value at hand, in the order in which they occurred. */
    private final List<String> names = new ArrayList<>();

    public void write(Actor actor, DataOutput out) throws IOException {
        names.clear();
        out.writeByte(VERSION);
        int flags = (actor.limited ? LIMITED : 0)
                | (actor.label != null ? HAS_LABEL : 0)
                | (actor.aliased.length > 0 ? HAS_ALIASES : 0)
                | (actor.wakeAtMillis != Actor.ASLEEP ? HAS_TIMER : 0)
                | (actor.knownProfileId() != null ? HAS_PROFILE : 0);
        out.writeByte(flags);
        out.writeLong(actor.firstSeenMillis);
        if (actor.wakeAtMillis != Actor.ASLEEP) {
            out.writeLong(actor.wakeAtMillis);
        }
        UUID profileId = actor.knownProfileId();
        if (profileId != null) {
            out.writeLong(profileId.getMostSignificantBits());
            out.writeLong(profileId.getLeastSignificantBits());
        }
        out.writeByte(actor.links);
        for (int i = 0; i < actor.links; i++) {
            writeName(actor.linked[i], out);
            out.writeLong(actor.linkMillis[i]);
        }
        if (actor.links == Actor.LINKS_HERE) {
            out.writeInt(actor.moreLinks);
        }
        if (actor.aliased.length > 0) {
            out.writeInt(actor.aliased.length);
            for (int i = 0; i < actor.aliased.length; i++) {
                writeName(actor.aliased[i], out);
                out.writeLong(actor.aliasMillis[i]);
            }
        }
        if (actor.label != null) {
            writeLabel(actor.label, out);
        }
        actor.recent.write(out);
    }

    /** Throws IOException for a version that this code does not know. */
    public Actor readActor(DataInput in) throws IOException {
        names.clear();
        int version = in.readByte();
        if (version != VERSION) {
            throw new IOException("the state of an actor is of version " + version + ", which this version of Millrace"
                    + " can't read; it knows version " + VERSION);
        }
        Actor actor = new Actor();
        int flags = in.readByte();
        actor.limited = (flags & LIMITED) != 0;
        actor.firstSeenMillis = in.readLong();
        if ((flags & HAS_TIMER) != 0) {
            actor.wakeAtMillis = in.readLong();
        }
        if ((flags & HAS_PROFILE) != 0) {
            actor.knownProfileId(new UUID(in.readLong(), in.readLong()));
        }
        int links = in.readByte();
        for (int i = 0; i < links; i++) {
            actor.addLink(readName(in), in.readLong());
        }
        if (links == Actor.LINKS_HERE) {
            actor.moreLinks = in.readInt();
        }
        if ((flags & HAS_ALIASES) != 0) {
            int aliases = in.readInt();
            for (int i = 0; i < aliases; i++) {
                actor.addAlias(readName(in), in.readLong());
            }
        }
        if ((flags & HAS_LABEL) != 0) {
            actor.label = readLabel(in);
        }
        actor.recent = RecentMessageIds.read(in);
        return actor;
    }

    public void write(Message message, DataOutput out) throws IOException {
        names.clear();
        writeName(message.to(), out);
        writeName(message.from(), out);
        out.writeLong(message.linkMillis());
        out.writeBoolean(message.alias());
        writeLabel(message.label(), out);
    }

    public Message readMessage(DataInput in) throws IOException {
        names.clear();
        return new Message(readName(in), readName(in), in.readLong(), in.readBoolean(), readLabel(in));
    }

    private void writeLabel(Label label, DataOutput out) throws IOException {
        if (label instanceof Label.Anchored anchored) {
            out.writeByte(ANCHORED);
            writePath(anchored.path(), out);
            writeName(anchored.anchor(), out);
            writeName(anchored.root(), out);
            writePath(anchored.rootPath(), out);
        } else if (label instanceof Label.Floating floating) {
            out.writeByte(FLOATING);
            out.writeLong(floating.firstSeenMillis());
            writeName(floating.identifier(), out);
            writePath(floating.path(), out);
        }
    }

    private Label readLabel(DataInput in) throws IOException {
        int kind = in.readByte();
        if (kind == FLOATING) {
            return new Label.Floating(in.readLong(), readName(in), readPath(in));
        }
        if (kind != ANCHORED) {
            throw new IOException("the state of an actor is damaged: there is no label of kind " + kind);
        }
        return new Label.Anchored(readPath(in), readName(in), readName(in), readPath(in));
    }

    private void writePath(List<LinkKey> path, DataOutput out) throws IOException {
        out.writeByte(path.size());
        for (LinkKey link : path) {
            writeLink(link, out);
        }
    }

    private List<LinkKey> readPath(DataInput in) throws IOException {
        int size = in.readUnsignedByte();
        if (size == 0) {
            return List.of();
        }
        if (size == 1) {
            return List.of(readLink(in));
        }
        List<LinkKey> path = new ArrayList<>(size);
        for (int i = 0; i < size; i++) {
            path.add(readLink(in));
        }
        return path;
    }

    private void writeLink(LinkKey link, DataOutput out) throws IOException {
        out.writeLong(link.timeMillis());
        writeName(link.lesser(), out);
        writeName(link.greater(), out);
    }

    private LinkKey readLink(DataInput in) throws IOException {
        return new LinkKey(in.readLong(), readName(in), readName(in));
    }

    private void writeName(String name, DataOutput out) throws IOException {
        // By identity first: names of one value that are equal are mostly the same object.
        for (int i = 0; i < names.size(); i++) {
            String known = names.get(i);
            if (known == name || known.equals(name)) {
                out.writeShort(i + 1);
                return;
            }
        }
        out.writeShort(0);
        out.writeUTF(name);
        names.add(name);
    }

    private String readName(DataInput in) throws IOException {
        int number = in.readShort();
        if (number > 0) {
            return names.get(number - 1);
        }
        String name = in.readUTF();
        names.add(name);
        return name;
    }
}
