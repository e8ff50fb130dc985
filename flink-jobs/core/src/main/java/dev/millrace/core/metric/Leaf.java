package dev.millrace.core.metric;

import dev.millrace.core.event.MessageIds;
import dev.millrace.core.event.RecentMessageIds;
import dev.millrace.core.identity.Attribution;
import java.io.Serializable;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.function.Consumer;

/**
 * One leaf's contributions inside the hot horizon: what an event adds, which repeats it drops, and what it takes along
 * when it moves to another profile. A mutable value, for a state backend.
 *
 * <p>Repeats are told in two ways. A record that was emitted again after a failure has an offset at or below the
 * highest counted of its raw partition. The same message from two raw partitions has two offsets, and after a failure
 * both can come through; its message id tells.
 */
public final class Leaf {
    /** No timer is set. */
    public static final long ASLEEP = Long.MIN_VALUE;

    /** Profile that the leaf belongs to; null before its first record. */
    public String profileId;
    /** Highest offset counted, by {@code topic/partition} of the raw topic. */
    public Map<String, Long> countedOffsets = new HashMap<>();

    public RecentMessageIds recent = new RecentMessageIds();
    /** Windows of unique_profiles in which this leaf has events; the value is their number. */
    public Map<Presence, Long> presences = new HashMap<>();
    /** Latest end of a window that this leaf contributes to. */
    public long lastWindowEndMillis = Long.MIN_VALUE;
    /** Event time at which the leaf is woken to let go of what is past the horizon. */
    public long wakeAtMillis = ASLEEP;

    /** What became of a record. */
    public enum Outcome {
        COUNTED,
        /** It carries no event. */
        NO_EVENT,
        /** It was counted before. */
        REPEAT,
        /** It happened too long ago for windows that still change. */
        LATE_BEYOND_HORIZON
    }

    /** What measuring depends on: the catalogue and the bounds, milliseconds. */
    public record Rules(Catalogue catalogue, long horizonMillis, long dedupeWindowMillis, int dedupeMaxIds)
            implements Serializable {
        /**
         * Since when events count, and windows that end later change, once event time has come so far. Neither the
         * watermark before the first event nor that of a stream that has ended (or was drained) says anything of it.
         */
        public long hotSince(long watermarkMillis) {
            boolean says = watermarkMillis != Long.MIN_VALUE && watermarkMillis != Long.MAX_VALUE;
            return says ? watermarkMillis - horizonMillis : Long.MIN_VALUE;
        }
    }

    /**
     * Takes in the next record of this leaf.
     *
     * @param hotSinceMillis what happened earlier no longer counts, see {@link Rules#hotSince}
     */
    public Outcome next(
            Attribution record,
            long hotSinceMillis,
            Rules rules,
            Consumer<TotalDelta> totals,
            Consumer<PresenceDelta> attributed) {
        if (!record.profileId().equals(profileId)) {
            move(record.profileId(), hotSinceMillis, attributed);
        }
        if (record.event() == null) {
            return Outcome.NO_EVENT;
        }
        if (record.eventTimeMillis() < hotSinceMillis) {
            return Outcome.LATE_BEYOND_HORIZON;
        }
        if (isRepeat(record, rules)) {
            return Outcome.REPEAT;
        }
        long time = record.eventTimeMillis();
        // Whatever the catalogue holds, offsets and ids are kept as long as the event is hot.
        lastWindowEndMillis = Math.max(lastWindowEndMillis, time + 1);
        for (Catalogue.Entry entry : rules.catalogue().counts()) {
            WindowSize.Window window = entry.window().at(time);
            lastWindowEndMillis = Math.max(lastWindowEndMillis, window.endMillis());
            totals.accept(new TotalDelta(
                    new TotalKey(
                            entry.metric(),
                            entry.window().text(),
                            window.startMillis(),
                            window.endMillis(),
                            Dimensions.of(record.event(), entry.dimensions())),
                    1));
        }
        for (Catalogue.Entry entry : rules.catalogue().uniques()) {
            WindowSize.Window window = entry.window().at(time);
            lastWindowEndMillis = Math.max(lastWindowEndMillis, window.endMillis());
            Presence presence =
                    new Presence(entry.metric(), entry.window().text(), window.startMillis(), window.endMillis());
            if (presences.merge(presence, 1L, Long::sum) == 1) {
                attributed.accept(new PresenceDelta(profileId, presence, 1));
            }
        }
        return Outcome.COUNTED;
    }

    /** Lets go of what no longer changes. Whether nothing is left. */
    public boolean forget(long hotSinceMillis) {
        presences.keySet().removeIf(presence -> presence.windowEndMillis() <= hotSinceMillis);
        return lastWindowEndMillis <= hotSinceMillis;
    }

    /** Takes all contributions from the old profile and gives them to the new one. */
    private void move(String to, long hotSince, Consumer<PresenceDelta> attributed) {
        for (Iterator<Presence> it = presences.keySet().iterator(); it.hasNext(); ) {
            Presence presence = it.next();
            if (presence.windowEndMillis() <= hotSince) {
                it.remove();
            } else {
                attributed.accept(new PresenceDelta(profileId, presence, -1));
                attributed.accept(new PresenceDelta(to, presence, 1));
            }
        }
        profileId = to;
    }

    private boolean isRepeat(Attribution record, Rules rules) {
        String partition = record.topic() + '/' + record.partition();
        Long counted = countedOffsets.get(partition);
        if (counted != null && record.offset() <= counted) {
            return true;
        }
        countedOffsets.put(partition, record.offset());
        long hash = MessageIds.hash(record.event().messageId());
        return recent.add(hash, record.eventTimeMillis(), rules.dedupeWindowMillis(), rules.dedupeMaxIds())
                == RecentMessageIds.Outcome.DUPLICATE;
    }
}
