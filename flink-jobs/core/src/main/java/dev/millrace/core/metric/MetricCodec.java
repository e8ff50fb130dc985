package dev.millrace.core.metric;

import dev.millrace.core.catalogue.DimensionValues;
import dev.millrace.core.event.RecentMessageIds;
import dev.millrace.core.metric.ProfileChange.Scope;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** The binary form of what measuring keeps and passes on. Each value that is kept begins with the version of its form. */
public final class MetricCodec {
    private static final int VERSION = 1;
    /** In the first, a leaf had no term. */
    private static final int LEAF_VERSION = 2;
    /** In the first, a profile did not say where it was new. */
    private static final int PROFILE_VERSION = 2;

    private static final int UUID_CHARS = 36;
    private static final int PRESENCE = 0;
    private static final int STEP = 1;
    private static final int FRAGMENT = 2;
    /** A fragment with pages, each with its time; in the first form, a fragment of rows had the last event's page alone. */
    private static final int VISIT = 3;

    private static final int ALL = -1;

    private static final Scope[] SCOPES = Scope.values();
    private static final Freshness[] FRESHNESSES = Freshness.values();

    private MetricCodec() {}

    // Leaf

    public static void write(Leaf leaf, DataOutput out) throws IOException {
        out.writeByte(LEAF_VERSION);
        writeProfileId(leaf.profileId, out);
        out.writeLong(leaf.firstSeenMillis);
        out.writeShort(leaf.partitions.length);
        for (int i = 0; i < leaf.partitions.length; i++) {
            out.writeUTF(leaf.partitions[i]);
            out.writeLong(leaf.offsets[i]);
        }
        leaf.recent.write(out);
        write(leaf.days, out);
        out.writeLong(leaf.lastMillis);
        out.writeLong(leaf.sightedMillis);
        out.writeLong(leaf.term);
        out.writeLong(leaf.wakeAtMillis);
    }

    public static Leaf readLeaf(DataInput in, Texts texts) throws IOException {
        int version = readVersion(in, LEAF_VERSION);
        Leaf leaf = new Leaf();
        leaf.profileId = readProfileId(in);
        leaf.firstSeenMillis = in.readLong();
        int partitions = in.readUnsignedShort();
        if (partitions > 0) {
            leaf.partitions = new String[partitions];
            leaf.offsets = new long[partitions];
            for (int i = 0; i < partitions; i++) {
                leaf.partitions[i] = texts.read(in);
                leaf.offsets[i] = in.readLong();
            }
        }
        leaf.recent = RecentMessageIds.read(in);
        read(leaf.days, in, texts);
        leaf.lastMillis = in.readLong();
        leaf.sightedMillis = in.readLong();
        leaf.term = version < LEAF_VERSION ? 0 : in.readLong();
        leaf.wakeAtMillis = in.readLong();
        return leaf;
    }

    // Profile

    public static void write(Profile profile, DataOutput out) throws IOException {
        out.writeByte(PROFILE_VERSION);
        out.writeInt(profile.leaves.length);
        for (int i = 0; i < profile.leaves.length; i++) {
            out.writeLong(profile.leaves[i]);
            out.writeLong(profile.firstSeen[i]);
        }
        out.writeShort(profile.newIn == null ? ALL : profile.newIn.length);
        if (profile.newIn != null) {
            for (int metric : profile.newIn) {
                out.writeInt(metric);
            }
        }
        write(profile.days, out);
        out.writeLong(profile.lastMillis);
        out.writeLong(profile.wakeAtMillis);
    }

    public static Profile readProfile(DataInput in, Texts texts) throws IOException {
        int version = readVersion(in, PROFILE_VERSION);
        Profile profile = new Profile();
        int leaves = in.readInt();
        profile.leaves = new long[leaves];
        profile.firstSeen = new long[leaves];
        for (int i = 0; i < leaves; i++) {
            profile.leaves[i] = in.readLong();
            profile.firstSeen[i] = in.readLong();
        }
        profile.newIn = version < PROFILE_VERSION ? null : readIds(in);
        read(profile.days, in, texts);
        profile.lastMillis = in.readLong();
        profile.wakeAtMillis = in.readLong();
        return profile;
    }

    private static int[] readIds(DataInput in) throws IOException {
        int number = in.readShort();
        int[] ids = number == ALL ? null : new int[number];
        for (int i = 0; i < number; i++) {
            ids[i] = in.readInt();
        }
        return ids;
    }

    // Days

    private static void write(Days days, DataOutput out) throws IOException {
        out.writeInt(days.older);
        out.writeLong(days.forgottenDay);
        out.writeBoolean(days.newest != null);
        if (days.newest != null) {
            write(days.newest, out);
        }
    }

    private static void read(Days days, DataInput in, Texts texts) throws IOException {
        days.older = in.readInt();
        days.forgottenDay = in.readLong();
        days.newest = in.readBoolean() ? readDay(in, texts) : null;
    }

    public static void write(Day day, DataOutput out) throws IOException {
        out.writeByte(VERSION);
        out.writeLong(day.number);
        out.writeInt(day.held.size());
        for (Held held : day.held) {
            out.writeLong(held.leaf());
            write(held.what(), out);
        }
    }

    public static Day readDay(DataInput in, Texts texts) throws IOException {
        checkVersion(in);
        long number = in.readLong();
        int size = in.readInt();
        List<Held> held = new ArrayList<>(size + 1);
        for (int i = 0; i < size; i++) {
            held.add(new Held(in.readLong(), readContribution(in, texts)));
        }
        return new Day(number, held);
    }

    private static void write(Contribution contribution, DataOutput out) throws IOException {
        if (contribution instanceof Presence presence) {
            out.writeByte(PRESENCE);
            out.writeInt(presence.metric());
            out.writeLong(presence.hour());
            out.writeUTF(presence.dimensions());
            out.writeLong(presence.minutes());
        } else if (contribution instanceof Step step) {
            out.writeByte(STEP);
            out.writeInt(step.metric());
            out.writeLong(step.timeMillis());
            out.writeInt(step.steps());
            out.writeUTF(step.dimensions());
        } else if (contribution instanceof Fragment fragment) {
            boolean visit = fragment.entry() != null;
            out.writeByte(visit ? VISIT : FRAGMENT);
            out.writeInt(fragment.metric());
            out.writeLong(fragment.firstMillis());
            out.writeInt((int) (fragment.lastMillis() - fragment.firstMillis()));
            out.writeInt(fragment.events());
            out.writeUTF(fragment.landing());
            if (visit) {
                write(fragment.entry(), fragment.firstMillis(), out);
                write(fragment.exit(), fragment.firstMillis(), out);
            } else {
                out.writeBoolean(false);
            }
            out.writeInt(fragment.orders());
            out.writeLong(fragment.revenueMicros());
        }
    }

    private static Contribution readContribution(DataInput in, Texts texts) throws IOException {
        int kind = in.readByte();
        int metric = in.readInt();
        return switch (kind) {
            case PRESENCE -> new Presence(metric, in.readLong(), texts.read(in), in.readLong());
            case STEP -> new Step(metric, in.readLong(), in.readInt(), texts.read(in));
            case FRAGMENT, VISIT -> readFragment(metric, kind == VISIT, in, texts);
            default -> throw new IOException("there is no contribution of kind " + kind);
        };
    }

    private static Fragment readFragment(int metric, boolean visit, DataInput in, Texts texts) throws IOException {
        long first = in.readLong();
        long last = first + in.readInt();
        int events = in.readInt();
        String landing = texts.read(in);
        PageView entry = null;
        PageView exit = null;
        if (visit) {
            entry = readPageView(first, in, texts);
            exit = readPageView(first, in, texts);
        } else {
            String page = readNullable(in, texts);
            exit = page == null ? null : new PageView(last, page);
            entry = exit == null ? null : firstOf(first, landing, exit);
        }
        return new Fragment(metric, first, last, events, landing, entry, exit, in.readInt(), in.readLong());
    }

    /** In the first form, the page of the first event is the last of the values there; if it had none, others are lost. */
    private static PageView firstOf(long firstMillis, String landing, PageView otherwise) {
        String[] values = DimensionValues.parse(landing);
        String page = values.length == 0 ? null : values[values.length - 1];
        return page == null ? otherwise : new PageView(firstMillis, page);
    }

    private static void write(PageView view, long firstMillis, DataOutput out) throws IOException {
        out.writeInt((int) (view.millis() - firstMillis));
        out.writeUTF(view.page());
    }

    private static PageView readPageView(long firstMillis, DataInput in, Texts texts) throws IOException {
        return new PageView(firstMillis + in.readInt(), texts.read(in));
    }

    // Changes

    public static void write(ProfileChange change, DataOutput out) throws IOException {
        writeProfileId(change.profileId(), out);
        out.writeLong(change.leaf());
        out.writeLong(change.hotSinceMillis());
        out.writeLong(change.firstSeenMillis());
        out.writeByte(change.scope().ordinal());
        out.writeLong(change.hour());
        out.writeShort(change.metrics().size());
        for (int metric : change.metrics()) {
            out.writeInt(metric);
        }
        out.writeInt(change.contributions().size());
        for (Contribution contribution : change.contributions()) {
            write(contribution, out);
        }
    }

    public static ProfileChange readChange(DataInput in, Texts texts) throws IOException {
        String profileId = readProfileId(in);
        long leaf = in.readLong();
        long hotSince = in.readLong();
        long firstSeen = in.readLong();
        Scope scope = SCOPES[in.readByte()];
        long hour = in.readLong();
        List<Integer> metrics = new ArrayList<>();
        for (int left = in.readUnsignedShort(); left > 0; left--) {
            metrics.add(in.readInt());
        }
        int size = in.readInt();
        List<Contribution> contributions = new ArrayList<>(size);
        for (int i = 0; i < size; i++) {
            contributions.add(readContribution(in, texts));
        }
        return new ProfileChange(profileId, leaf, hotSince, firstSeen, scope, hour, metrics, contributions);
    }

    // Totals

    public static void write(TotalKey key, DataOutput out) throws IOException {
        out.writeInt(key.metric());
        out.writeUTF(key.window());
        out.writeLong(key.startMillis());
        out.writeLong(key.endMillis());
    }

    public static TotalKey readTotalKey(DataInput in, Texts texts) throws IOException {
        return new TotalKey(in.readInt(), texts.read(in), in.readLong(), in.readLong());
    }

    public static void write(TotalDelta delta, DataOutput out) throws IOException {
        write(delta.key(), out);
        out.writeUTF(delta.dimensions());
        writeAmounts(delta.amounts(), out);
        out.writeByte(delta.freshness().ordinal());
    }

    public static TotalDelta readDelta(DataInput in, Texts texts) throws IOException {
        return new TotalDelta(readTotalKey(in, texts), texts.read(in), readAmounts(in), FRESHNESSES[in.readByte()]);
    }

    public static void write(Total total, DataOutput out) throws IOException {
        out.writeByte(VERSION);
        writeAmounts(total.amounts, out);
        out.writeBoolean(total.written != null);
        if (total.written != null) {
            writeAmounts(total.written, out);
        }
        out.writeInt(total.revision);
        out.writeLong(total.correctedAtMillis);
    }

    public static Total readTotal(DataInput in) throws IOException {
        checkVersion(in);
        Total total = new Total(readAmounts(in));
        total.written = in.readBoolean() ? readAmounts(in) : null;
        total.revision = in.readInt();
        total.correctedAtMillis = in.readLong();
        return total;
    }

    private static void writeAmounts(long[] amounts, DataOutput out) throws IOException {
        out.writeByte(amounts.length);
        for (long amount : amounts) {
            out.writeLong(amount);
        }
    }

    private static long[] readAmounts(DataInput in) throws IOException {
        long[] amounts = new long[in.readUnsignedByte()];
        for (int i = 0; i < amounts.length; i++) {
            amounts[i] = in.readLong();
        }
        return amounts;
    }

    // Small things

    private static void checkVersion(DataInput in) throws IOException {
        readVersion(in, VERSION);
    }

    private static int readVersion(DataInput in, int newest) throws IOException {
        int version = in.readByte();
        if (version < VERSION || version > newest) {
            throw new IOException("state of version " + version + " can't be read by this version of Millrace");
        }
        return version;
    }

    /** A UUID takes less as such; anything else is text. */
    private static void writeProfileId(String id, DataOutput out) throws IOException {
        boolean uuid = isUuid(id);
        out.writeByte(id == null ? 0 : uuid ? 2 : 1);
        if (uuid) {
            out.writeLong(hex(id, 0, 18));
            out.writeLong(hex(id, 19, UUID_CHARS));
        } else if (id != null) {
            out.writeUTF(id);
        }
    }

    /** Whether it is one in the form that {@link UUID#toString} gives. */
    private static boolean isUuid(String id) {
        if (id == null || id.length() != UUID_CHARS) {
            return false;
        }
        for (int i = 0; i < UUID_CHARS; i++) {
            char c = id.charAt(i);
            boolean dash = i == 8 || i == 13 || i == 18 || i == 23;
            if (dash ? c != '-' : (c < '0' || c > '9') && (c < 'a' || c > 'f')) {
                return false;
            }
        }
        return true;
    }

    /** What the digits in a part of a UUID say. */
    private static long hex(String uuid, int from, int to) {
        long bits = 0;
        for (int i = from; i < to; i++) {
            char c = uuid.charAt(i);
            if (c != '-') {
                bits = bits << 4 | (c <= '9' ? c - '0' : c - 'a' + 10);
            }
        }
        return bits;
    }

    private static String readProfileId(DataInput in) throws IOException {
        return switch (in.readByte()) {
            case 0 -> null;
            case 1 -> in.readUTF();
            default -> new UUID(in.readLong(), in.readLong()).toString();
        };
    }

    private static void writeNullable(String text, DataOutput out) throws IOException {
        out.writeBoolean(text != null);
        if (text != null) {
            out.writeUTF(text);
        }
    }

    private static String readNullable(DataInput in, Texts texts) throws IOException {
        return in.readBoolean() ? texts.read(in) : null;
    }
}
