package dev.millrace.microbench;

import dev.millrace.core.metric.Leaf;
import dev.millrace.core.metric.Measuring;
import dev.millrace.core.metric.Observation;
import java.util.HashMap;
import java.util.Map;

/** The leaves of all identifiers in memory. */
final class Leaves {
    private record Kept(Leaf leaf, DaysInMemory days) {}

    private final Measuring rules;
    private final long hotSinceMillis;
    private final Map<String, Kept> leaves = new HashMap<>();

    Leaves(Measuring rules, long hotSinceMillis) {
        this.rules = rules;
        this.hotSinceMillis = hotSinceMillis;
    }

    Leaf.Outcome take(Observation record, Leaf.Output out) {
        Kept kept = leaves.computeIfAbsent(record.identifier(), any -> new Kept(new Leaf(), new DaysInMemory()));
        return kept.leaf.next(record, hotSinceMillis, rules, kept.days, out);
    }
}
