package dev.millrace.measure;

import dev.millrace.core.catalogue.Catalogue;
import dev.millrace.core.catalogue.Metric;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.OperatorStateStore;
import org.apache.flink.api.common.typeinfo.Types;

/**
 * The metrics that were kept when a checkpoint was taken, by their ids: what the store has under the name of another metric,
 * nobody knows any more, and it stays as it is. State {@code metrics}, union of all subtasks; without it, of an earlier
 * version, all were.
 */
public final class KeptMetrics {
    private static final ListStateDescriptor<Integer> STATE = new ListStateDescriptor<>("metrics", Types.INT);

    /** In each: of a catalogue without metrics, too, it is known what it had. */
    private static final int KNOWN = Integer.MIN_VALUE;

    private final ListState<Integer> state;
    private final Set<Integer> kept = new HashSet<>();

    public KeptMetrics(OperatorStateStore store) throws Exception {
        state = store.getUnionListState(STATE);
        state.get().forEach(kept::add);
    }

    /** Whether it was kept then. */
    public boolean contains(Metric metric) {
        return kept.isEmpty() || kept.contains(metric.id());
    }

    /** For the checkpoint that is taken now. */
    public void save(Catalogue catalogue) throws Exception {
        List<Integer> ids = new ArrayList<>(List.of(KNOWN));
        catalogue.metrics().forEach(metric -> ids.add(metric.id()));
        state.update(ids);
    }
}
