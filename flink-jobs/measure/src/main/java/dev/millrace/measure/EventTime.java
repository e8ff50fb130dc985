package dev.millrace.measure;

import dev.millrace.core.metric.Measuring;
import java.util.List;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.OperatorStateStore;
import org.apache.flink.api.common.typeinfo.Types;

/**
 * How far event time has come, also after a restart: Flink does not keep watermarks, and a restored job would for a moment take
 * what is past the horizon for hot, and a window that has ended for one that has not.
 *
 * <ul>
 *   <li>State {@code hot-since}, union of all subtasks: since when windows change, see {@link Measuring#hotSince}. It never goes
 *       back: what has once been let go of must not be begun anew, whatever horizon is configured.
 *   <li>State {@code passed}, likewise: the watermark.
 * </ul>
 */
public final class EventTime {
    private static final ListStateDescriptor<Long> HOT_SINCE = new ListStateDescriptor<>("hot-since", Types.LONG);
    private static final ListStateDescriptor<Long> PASSED = new ListStateDescriptor<>("passed", Types.LONG);

    private final Measuring rules;
    private final ListState<Long> hotSince;
    private final ListState<Long> passed;
    private long hotSinceMillis = Measuring.EVER;
    private long passedMillis = Long.MIN_VALUE;

    public EventTime(Measuring rules, OperatorStateStore store) throws Exception {
        this.rules = rules;
        hotSince = store.getUnionListState(HOT_SINCE);
        passed = store.getUnionListState(PASSED);
        for (long millis : hotSince.get()) {
            hotSinceMillis = Math.max(hotSinceMillis, millis);
        }
        for (long millis : passed.get()) {
            advance(millis);
        }
    }

    /** It has come so far, by a watermark. */
    public void advance(long watermarkMillis) {
        hotSinceMillis = Math.max(hotSinceMillis, rules.hotSince(watermarkMillis));
        passedMillis = Math.max(passedMillis, watermarkMillis);
    }

    /** Windows that end later change; {@link Measuring#EVER}: all do, as far as is known. */
    public long hotSinceMillis() {
        return hotSinceMillis;
    }

    /** Windows that end then or earlier have ended. */
    public long passedMillis() {
        return passedMillis;
    }

    /** For the checkpoint that is taken now. */
    public void save() throws Exception {
        hotSince.update(List.of(hotSinceMillis));
        // A stream that was drained has no end yet for who goes on from there.
        passed.update(passedMillis == Long.MAX_VALUE ? List.of() : List.of(passedMillis));
    }
}
