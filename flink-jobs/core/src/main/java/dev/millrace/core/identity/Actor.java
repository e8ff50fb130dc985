package dev.millrace.core.identity;

import dev.millrace.core.event.RecentMessageIds;
import java.util.Arrays;
import java.util.UUID;

/** What is remembered of one identifier. A mutable value, for a state backend; {@link ActorCodec} is its binary form. */
public final class Actor {
    /** No timer is set. */
    public static final long ASLEEP = Long.MIN_VALUE;
    /** Links that are kept here; the others are in {@link MoreLinks}. */
    static final int LINKS_HERE = 16;

    /** More accounts of one person than this are taken for a mistake, or worse. */
    static final int MOST_ALIASES = 64;

    static final long UNSEEN = Long.MAX_VALUE;
    private static final String[] NOBODY = {};
    private static final long[] NEVER = {};

    /** Message ids lately seen, of events that have this identifier as their leaf. */
    public RecentMessageIds recent = new RecentMessageIds();
    /** Event time at which the actor is woken to forget message ids, milliseconds. */
    public long wakeAtMillis = ASLEEP;

    /** Earliest event time it was seen at. */
    long firstSeenMillis = UNSEEN;
    /** Null: it leads its profile itself. */
    Label label;
    /** The profile's id, so that it is not computed at each event; null: not computed yet. */
    private UUID profileId;
    /** Whether it has taken as many links as it may. */
    boolean limited;

    /** Other ends of its links, in {@code [0, links)}, and the links' event times. */
    String[] linked = NOBODY;

    long[] linkMillis = NEVER;
    int links;
    /** How many links are in {@link MoreLinks}. */
    int moreLinks;
    /** Other ends of aliases between two anchors, and when; such a pair is not among the links. */
    String[] aliased = NOBODY;

    long[] aliasMillis = NEVER;

    /** Earliest event time it was seen at. */
    public long firstSeenMillis() {
        return firstSeenMillis;
    }

    boolean isNew() {
        return firstSeenMillis == UNSEEN;
    }

    /** The id of the profile it belongs to. */
    public String profileId(String identifier) {
        if (profileId == null) {
            profileId = ProfileId.of(label == null ? identifier : label.leader());
        }
        return profileId.toString();
    }

    /** Takes a label; null: it leads its profile itself. */
    void take(Label better) {
        label = better;
        profileId = null;
    }

    UUID knownProfileId() {
        return profileId;
    }

    void knownProfileId(UUID id) {
        profileId = id;
    }

    void addLink(String other, long timeMillis) {
        if (links == linked.length) {
            int room = Math.min(LINKS_HERE, Math.max(2, 2 * links));
            linked = Arrays.copyOf(linked, room);
            linkMillis = Arrays.copyOf(linkMillis, room);
        }
        linked[links] = other;
        linkMillis[links++] = timeMillis;
    }

    void addAlias(String other, long timeMillis) {
        aliased = Arrays.copyOf(aliased, aliased.length + 1);
        aliasMillis = Arrays.copyOf(aliasMillis, aliased.length);
        aliased[aliased.length - 1] = other;
        aliasMillis[aliased.length - 1] = timeMillis;
    }

    /** Where an identifier is among the first of some; -1: nowhere. */
    static int indexOf(String identifier, String[] among, int count) {
        for (int i = 0; i < count; i++) {
            if (among[i].equals(identifier)) {
                return i;
            }
        }
        return -1;
    }

    /** A value that does not change when this one does. */
    public Actor copy() {
        Actor copy = new Actor();
        copy.recent = recent.copy();
        copy.wakeAtMillis = wakeAtMillis;
        copy.firstSeenMillis = firstSeenMillis;
        copy.label = label;
        copy.profileId = profileId;
        copy.limited = limited;
        copy.linked = linked.length == 0 ? linked : linked.clone();
        copy.linkMillis = linkMillis.length == 0 ? linkMillis : linkMillis.clone();
        copy.links = links;
        copy.moreLinks = moreLinks;
        // These are replaced when they change, but for the times.
        copy.aliased = aliased;
        copy.aliasMillis = aliasMillis.length == 0 ? aliasMillis : aliasMillis.clone();
        return copy;
    }
}
