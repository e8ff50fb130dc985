package dev.millrace.core.metric;

import dev.millrace.core.metric.ProfileChange.Scope;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * What leaves have to tell profiles, held for a moment: of what a leaf says about one hour again and again, the profile need
 * only hear the last, as long as the same windows still change. Each leaf's words keep their order.
 *
 * <p>Not for use by several threads.
 */
public final class PendingChanges {
    private final Map<Long, List<ProfileChange>> byLeaf = new LinkedHashMap<>();
    private int size;

    /** Takes in a leaf's next word. */
    public void add(ProfileChange change) {
        List<ProfileChange> words = byLeaf.computeIfAbsent(change.leaf(), leaf -> new ArrayList<>(1));
        int last = words.size() - 1;
        if (last >= 0 && takesIn(words.get(last), change)) {
            words.set(last, both(words.get(last), change));
        } else {
            words.add(change);
            size++;
        }
    }

    /** How many are held. */
    public int size() {
        return size;
    }

    /** Gives away all that is held. */
    public void flush(Consumer<ProfileChange> out) {
        byLeaf.values().forEach(words -> words.forEach(out));
        byLeaf.clear();
        size = 0;
    }

    private static boolean takesIn(ProfileChange earlier, ProfileChange later) {
        return later.scope() == Scope.HOUR
                && later.hotSinceMillis() == earlier.hotSinceMillis()
                && later.profileId().equals(earlier.profileId())
                && (later.metrics().isEmpty()
                        ? earlier.scope() != Scope.LEFT && later.hour() <= earlier.hour()
                        : earlier.scope() == Scope.ALL
                                || earlier.scope() == Scope.HOUR && earlier.hour() == later.hour());
    }

    /** The earlier one as it is after the later one, which speaks of some metrics in one hour. */
    private static ProfileChange both(ProfileChange earlier, ProfileChange later) {
        List<Contribution> contributions = earlier.contributions();
        List<Integer> metrics = earlier.metrics();
        if (!later.metrics().isEmpty()) {
            contributions =
                    new ArrayList<>(contributions.size() + later.contributions().size());
            for (Contribution known : earlier.contributions()) {
                if (known.hour() != later.hour() || !later.metrics().contains(known.metric())) {
                    contributions.add(known);
                }
            }
            contributions.addAll(later.contributions());
        }
        if (earlier.scope() == Scope.HOUR && !metrics.containsAll(later.metrics())) {
            metrics = new ArrayList<>(metrics);
            for (Integer metric : later.metrics()) {
                if (!metrics.contains(metric)) {
                    metrics.add(metric);
                }
            }
        }
        return new ProfileChange(
                earlier.profileId(),
                earlier.leaf(),
                earlier.hotSinceMillis(),
                later.firstSeenMillis(),
                earlier.scope(),
                earlier.hour(),
                metrics,
                contributions);
    }
}
