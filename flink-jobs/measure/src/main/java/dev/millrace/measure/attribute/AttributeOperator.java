package dev.millrace.measure.attribute;

import dev.millrace.core.catalogue.Aggregate;
import dev.millrace.core.catalogue.DimensionValues;
import dev.millrace.core.catalogue.Metric;
import dev.millrace.core.catalogue.WindowSize;
import dev.millrace.core.catalogue.WindowSize.Window;
import dev.millrace.core.metric.Fragment;
import dev.millrace.core.metric.Measuring;
import dev.millrace.core.metric.Profile;
import dev.millrace.core.metric.ProfileChange;
import dev.millrace.core.store.SessionRow;
import dev.millrace.measure.CombiningOperator;
import dev.millrace.measure.DaysInState;
import dev.millrace.measure.EventTime;
import dev.millrace.measure.KeptMetrics;
import dev.millrace.runtime.binary.BinaryType;
import dev.millrace.runtime.config.MillraceConfig.StateBackend;
import dev.millrace.runtime.postgres.StoreHistory;
import dev.millrace.runtime.postgres.StoreHistory.WrittenSession;
import dev.millrace.runtime.state.StateCache;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.api.common.TaskInfo;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.streaming.api.operators.InternalTimer;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.util.OutputTag;

/**
 * By profile: what a person adds to which row, whichever of the person's leaves it comes from, and (as {@link #SESSIONS})
 * which sessions there are.
 *
 * <p>After a failure, sessions that were written since the checkpoint are written again before the next one, as they are by
 * then: one that came about for a moment, and the second time round does not, would stay in the store.
 */
public final class AttributeOperator extends CombiningOperator<ProfileChange> {
    public static final OutputTag<SessionRow> SESSIONS = new OutputTag<>("sessions") {};

    /** How far the clocks of the machines that write may be apart. */
    private static final long CLOCKS_APART_MILLIS = 30_000;

    private final StateBackend backend;
    private final int held;
    private final StoreHistory history;

    private transient ListState<Long> savedAt;
    private transient EventTime eventTime;
    private transient KeptMetrics keptMetrics;
    /** Of those, the metrics of new people. */
    private transient int[] keptNewProfiles;
    /** What the store may have that this does not know of, by profile; until the first checkpoint. */
    private transient Map<String, List<WrittenSession>> suspects;
    /** When the first of them began; {@link Long#MAX_VALUE}: there are none. */
    private transient long earliestSuspectMillis;

    private transient StateCache<String, Profile> profiles;
    private transient DaysInState olderDays;
    private transient Post post;

    /**
     * @param held how many profiles are at hand as objects
     * @param history of the store that sessions are written to
     */
    public AttributeOperator(Measuring rules, StateBackend backend, int held, StoreHistory history) {
        super(rules);
        this.backend = backend;
        this.held = held;
        this.history = history;
    }

    @Override
    public void initializeState(StateInitializationContext context) throws Exception {
        super.initializeState(context);
        savedAt = context.getOperatorStateStore().getUnionListState(AttributeState.SAVED_AT);
        eventTime = new EventTime(rules, context.getOperatorStateStore());
        keptMetrics = new KeptMetrics(context.getOperatorStateStore());
        keptNewProfiles = rules.catalogue().metrics().stream()
                .filter(metric -> metric.aggregate() == Aggregate.NEW_PROFILES && keptMetrics.contains(metric))
                .mapToInt(Metric::id)
                .toArray();
        suspects = new HashMap<>();
        earliestSuspectMillis = Long.MAX_VALUE;
        Optional<Metric> sessions = rules.catalogue().metrics().stream()
                .filter(Metric::isSessionRows)
                .findFirst();
        if (sessions.isPresent()) {
            long since = keptMetrics.contains(sessions.get()) ? savedSinceMillis() : Long.MAX_VALUE;
            since = since == Long.MAX_VALUE
                    ? history.attemptsSinceMillis(
                            getRuntimeContext().getTaskInfo().getAttemptNumber())
                    : since;
            if (since != Long.MAX_VALUE) {
                history.sessionsSince(since, eventTime.hotSinceMillis(), this::suspect);
            }
        }
    }

    /** Since when rows may be such as the checkpoint knows nothing of; {@link Long#MAX_VALUE}: there is none. */
    private long savedSinceMillis() throws Exception {
        long since = Long.MAX_VALUE;
        for (long millis : savedAt.get()) {
            since = Math.min(since, millis - CLOCKS_APART_MILLIS);
        }
        return since;
    }

    private void suspect(WrittenSession session) {
        if (isMine(session.profileId())) {
            suspects.computeIfAbsent(session.profileId(), any -> new ArrayList<>())
                    .add(session);
            earliestSuspectMillis = Math.min(earliestSuspectMillis, session.startedAtMillis());
        }
    }

    private boolean isMine(Object key) {
        TaskInfo task = getRuntimeContext().getTaskInfo();
        return KeyGroupRangeAssignment.assignKeyToParallelOperator(
                        key, task.getMaxNumberOfParallelSubtasks(), task.getNumberOfParallelSubtasks())
                == task.getIndexOfThisSubtask();
    }

    @Override
    public void snapshotState(StateSnapshotContext context) throws Exception {
        super.snapshotState(context);
        savedAt.update(List.of(getProcessingTimeService().getCurrentProcessingTime()));
        eventTime.advance(watermark());
        eventTime.save();
        keptMetrics.save(rules.catalogue());
    }

    private void confirmSuspects() throws Exception {
        eventTime.advance(watermark());
        for (Map.Entry<String, List<WrittenSession>> ofProfile : suspects.entrySet()) {
            setCurrentKey(ofProfile.getKey());
            Profile profile = profiles.get(ofProfile.getKey());
            ofProfile.getValue().forEach(session -> confirm(session, profile));
        }
        suspects.clear();
        earliestSuspectMillis = Long.MAX_VALUE;
    }

    /** What is about to be past the horizon is confirmed before: afterwards, it may be more than the profile remembers. */
    @Override
    public void processWatermark(Watermark mark) throws Exception {
        if (earliestSuspectMillis < rules.hotSince(mark.getTimestamp())) {
            confirmSuspects();
        }
        super.processWatermark(mark);
    }

    /** A session from before the horizon stays as it is: it may be more than the profile remembers. */
    private void confirm(WrittenSession session, Profile profile) {
        if (session.startedAtMillis() >= eventTime.hotSinceMillis()) {
            post.profileId = session.profileId();
            (profile == null ? new Profile() : profile)
                    .confirmSession(session.startedAtMillis(), rules, olderDays, post);
        }
    }

    @Override
    public void open() throws Exception {
        super.open();
        profiles = cache(held, backend, AttributeState.PROFILE, BinaryType.PROFILE);
        olderDays = new DaysInState(getRuntimeContext().getMapState(AttributeState.DAYS));
        post = new Post();
    }

    @Override
    public void processElement(StreamRecord<ProfileChange> element) throws Exception {
        ProfileChange change = element.getValue();
        Profile profile = profiles.get(change.profileId());
        if (profile == null) {
            if (change.scope() == ProfileChange.Scope.LEFT) {
                return; // Nothing is left to take back.
            }
            profile = new Profile();
        }
        profile.wasNewIn(keptNewProfiles);
        post.profileId = change.profileId();
        profile.apply(change, rules.hotSince(watermark()), rules, olderDays, post);
        if (profile.wakeAtMillis() == Profile.ASLEEP) {
            wakeAt(profile.sleepUntil(rules));
        }
        profiles.put(change.profileId(), profile);
        passOnIfMany();
    }

    @Override
    public void onEventTime(InternalTimer<String, VoidNamespace> timer) throws Exception {
        Profile profile = profiles.get(timer.getKey());
        if (profile == null || profile.wakeAtMillis() != timer.getTimestamp()) {
            return;
        }
        List<WrittenSession> suspected = suspects.remove(timer.getKey());
        if (suspected != null) {
            eventTime.advance(watermark());
            suspected.forEach(session -> confirm(session, profile));
        }
        if (profile.forget(rules.hotSince(timer.getTimestamp()), rules, olderDays)) {
            profiles.put(timer.getKey(), null);
            return;
        }
        wakeAt(profile.sleepUntil(rules));
        profiles.put(timer.getKey(), profile);
    }

    @Override
    public void onProcessingTime(InternalTimer<String, VoidNamespace> timer) {}

    @Override
    protected void saveAhead(long nowMillis) throws Exception {
        profiles.writeAhead(nowMillis);
    }

    @Override
    protected void passOnBeforeCheckpoint() throws Exception {
        confirmSuspects();
        super.passOnBeforeCheckpoint();
    }

    @Override
    protected void save(long begunMillis) throws Exception {
        profiles.flush(begunMillis);
    }

    private final class Post implements Profile.Output {
        private String profileId;

        @Override
        public void add(Metric metric, WindowSize size, Window window, String dimensions, long[] amounts) {
            combiner.add(metric, size, window, dimensions, amounts);
        }

        @Override
        public void session(Fragment session) {
            String[] landing = DimensionValues.parse(session.landing());
            output.collect(
                    SESSIONS,
                    new StreamRecord<>(new SessionRow(
                            profileId,
                            session.firstMillis(),
                            session.lastMillis(),
                            landing[0],
                            landing[1],
                            session.entry() == null ? null : session.entry().page(),
                            session.exit() == null ? null : session.exit().page(),
                            session.events(),
                            session.orders(),
                            session.revenueMicros(),
                            getProcessingTimeService().getCurrentProcessingTime(),
                            false)));
        }

        @Override
        public void noSession(long startMillis) {
            output.collect(
                    SESSIONS,
                    new StreamRecord<>(new SessionRow(
                            profileId,
                            startMillis,
                            startMillis,
                            null,
                            null,
                            null,
                            null,
                            0,
                            0,
                            0,
                            getProcessingTimeService().getCurrentProcessingTime(),
                            true)));
        }
    }
}
