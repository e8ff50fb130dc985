package dev.millrace.measure;

import dev.millrace.core.metric.Measuring;
import java.util.List;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.OperatorStateStore;
import org.apache.flink.api.common.typeinfo.Types;

/**
 * Since when windows change, see {@link Measuring#hotSince}. It never goes back: what has once been let go of must not be begun
 * anew, whatever horizon is configured. State {@code hot-since}, union of all subtasks: Flink does not keep watermarks, and
 * without it a restored job would for a moment take what is past the horizon for hot.
 */
public final class HotSince {
    private static final ListStateDescriptor<Long> STATE = new ListStateDescriptor<>("hot-since", Types.LONG);

    private final Measuring rules;
    private final ListState<Long> state;
    private long millis = Measuring.EVER;

    public HotSince(Measuring rules, OperatorStateStore store) throws Exception {
        this.rules = rules;
        state = store.getUnionListState(STATE);
        for (long saved : state.get()) {
            millis = Math.max(millis, saved);
        }
    }

    /** Event time has come so far. */
    public void advance(long watermarkMillis) {
        millis = Math.max(millis, rules.hotSince(watermarkMillis));
    }

    /** Windows that end later change; {@link Measuring#EVER}: all do, as far as is known. */
    public long millis() {
        return millis;
    }

    /** For the checkpoint that is taken now. */
    public void save() throws Exception {
        state.update(List.of(millis));
    }
}
