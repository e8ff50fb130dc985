package dev.millrace.stitch.resolve;

import dev.millrace.core.event.RecentMessageIds;
import dev.millrace.core.identity.Actor;
import dev.millrace.core.identity.Arrival;
import dev.millrace.core.identity.Decision;
import dev.millrace.core.identity.IdentifierTypes;
import dev.millrace.core.identity.IdentityRules;
import dev.millrace.core.identity.LinkKey;
import dev.millrace.core.identity.Message;
import dev.millrace.core.identity.Outbox;
import dev.millrace.core.identity.Standing;
import dev.millrace.core.identity.Stitcher;
import dev.millrace.runtime.binary.BinaryType;
import dev.millrace.runtime.config.MillraceConfig.StateBackend;
import dev.millrace.runtime.config.MillraceConfig.StitchOptions;
import dev.millrace.runtime.state.StateCache;
import java.io.IOException;
import java.io.Serializable;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.TimerService;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.functions.co.KeyedCoProcessFunction;
import org.apache.flink.streaming.api.operators.KeyContext;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;

/**
 * The actor of each identifier: takes in events at their leaf and what other actors tell, keeps the identifier's place
 * among people, drops copies of messages, and gives events their profile.
 */
public final class ResolveFunction extends KeyedCoProcessFunction<String, Arrival, Message, Decision>
        implements CheckpointedFunction {
    /** What actors tell each other. */
    public static final OutputTag<Message> TELLING = new OutputTag<>("telling", BinaryType.MESSAGE);

    /** So few message ids stay where they are until the next event: a timer for them would cost more than they do. */
    static final int IDS_LEFT_LYING = 8;

    /**
     * Actors that each subtask has at hand as objects: many times those who are on a visit at the same time. More are packed,
     * see {@link StateCache}.
     */
    static final int ACTORS_HELD = 2048;

    /** The wall clock, milliseconds since the epoch. */
    interface Clock extends Serializable {
        long millis();
    }

    private final long windowMillis;
    private final int maxIds;
    private final IdentityRules rules;
    private final Duration loopRetention;
    private final StateBackend backend;
    private final int actorsHeld;
    private final Clock clock;

    private transient ListState<Long> savedAt;
    private transient KeyContext keys;
    private transient long cacheBytes;
    private transient StateCache<String, Actor> actors;
    private transient Stitcher stitcher;
    private transient Post post;
    private transient int writer;
    private transient int writers;
    private transient Counter duplicates;
    private transient Counter forgottenEarly;

    /** @param loopRetention how long the topic of the identity loop keeps messages */
    public ResolveFunction(
            StitchOptions options, IdentityRules rules, Duration loopRetention, StateBackend stateBackend) {
        this(options, rules, loopRetention, stateBackend, ACTORS_HELD, System::currentTimeMillis);
    }

    ResolveFunction(
            StitchOptions options,
            IdentityRules rules,
            Duration loopRetention,
            StateBackend backend,
            int actorsHeld,
            Clock clock) {
        this.windowMillis = options.dedupeWindow().toMillis();
        this.maxIds = options.dedupeMaxIds();
        this.rules = rules;
        this.loopRetention = loopRetention;
        this.backend = backend;
        this.actorsHeld = actorsHeld;
        this.clock = clock;
    }

    /**
     * Called first.
     *
     * @param operator who sets the current key
     * @param cacheBytes how much of the heap may hold actors
     */
    void heldBy(KeyContext operator, long cacheBytes) {
        this.keys = operator;
        this.cacheBytes = cacheBytes;
    }

    /** Writes to state some of what is held back. The current key is another one afterwards. */
    void writeAhead(long nowMillis) throws IOException {
        actors.writeAhead(nowMillis);
    }

    /** Writes to state all that is held back, for a checkpoint that was begun at that time. The current key is another one. */
    void flush(long begunMillis) throws IOException {
        actors.flush(begunMillis);
    }

    @Override
    public void initializeState(FunctionInitializationContext context) throws Exception {
        savedAt = context.getOperatorStateStore().getUnionListState(ResolveState.SAVED_AT);
        for (long savedMillis : savedAt.get()) {
            if (clock.millis() - savedMillis > loopRetention.toMillis()) {
                // What was under way between actors then may be gone, and nobody would tell it again.
                throw new SuppressRestartsException(new IllegalStateException("the checkpoint or savepoint is of "
                        + Instant.ofEpochMilli(savedMillis) + ", but the topic of the identity loop keeps messages for "
                        + loopRetention.toHours() + " h only (topics.loop_retention): some that belong to it may be"
                        + " lost, and people would stay apart. Restore a newer one, or start without state and read the"
                        + " raw topics again"));
            }
        }
    }

    @Override
    public void snapshotState(FunctionSnapshotContext context) throws Exception {
        savedAt.update(List.of(clock.millis()));
    }

    @Override
    public void open(OpenContext context) {
        writer = getRuntimeContext().getTaskInfo().getIndexOfThisSubtask();
        writers = getRuntimeContext().getTaskInfo().getNumberOfParallelSubtasks();
        actors = StateCache.open(
                actorsHeld, cacheBytes, backend, ResolveState.ACTOR, BinaryType.ACTOR, getRuntimeContext(), keys);
        IdentifierTypes types = rules;
        stitcher = new Stitcher(types, new LinksInState(getRuntimeContext().getMapState(ResolveState.MORE_LINKS)));
        MetricGroup metrics = getRuntimeContext().getMetricGroup().addGroup("millrace");
        duplicates = metrics.counter("duplicates_dropped");
        forgottenEarly = metrics.counter("message_ids_forgotten_early");
        post = new Post(metrics);
    }

    @Override
    public void processElement1(Arrival arrival, Context context, Collector<Decision> out) throws Exception {
        String leaf = arrival.leaf();
        Actor actor = actors.get(leaf);
        if (actor == null) {
            actor = new Actor();
        }
        post.context = context;
        Standing standing =
                stitcher.seen(actor, leaf, arrival.eventTimeMillis(), arrival.others(), arrival.alias(), post);
        Long watermark = known(context.timerService().currentWatermark());
        // An event that comes late is remembered from now on, not from when it happened: its copies are late too.
        long remembered =
                watermark == null ? arrival.eventTimeMillis() : Math.max(arrival.eventTimeMillis(), watermark);
        RecentMessageIds.Outcome outcome = actor.recent.add(arrival.messageHash(), remembered, windowMillis, maxIds);
        if (outcome == RecentMessageIds.Outcome.NEW_EVICTING) {
            forgottenEarly.inc();
        }
        if (actor.wakeAtMillis == Actor.ASLEEP && actor.recent.size() > IDS_LEFT_LYING) {
            wakeWhenForgotten(actor, context.timerService());
        }
        actors.put(leaf, actor);

        boolean duplicate = outcome == RecentMessageIds.Outcome.DUPLICATE;
        duplicates.inc(duplicate ? 1 : 0);
        Speaker self = new Speaker(leaf, actor, watermark);
        out.collect(decision(self, arrival, duplicate, null, standing));
        collectLinks(self, out);
    }

    @Override
    public void processElement2(Message message, Context context, Collector<Decision> out) throws Exception {
        Actor actor = actors.get(message.to());
        if (actor == null) {
            actor = new Actor();
        }
        post.context = context;
        Standing standing = stitcher.told(actor, message, post);
        actors.put(message.to(), actor);
        Speaker self =
                new Speaker(message.to(), actor, known(context.timerService().currentWatermark()));
        if (standing != null) {
            out.collect(decision(self, null, false, null, standing));
        }
        collectLinks(self, out);
    }

    private void collectLinks(Speaker self, Collector<Decision> out) {
        for (LinkKey link : post.links) {
            out.collect(decision(self, null, false, link, null));
        }
        post.links.clear();
    }

    /** Who decides, and when in event time. */
    private record Speaker(String identifier, Actor actor, Long watermark) {}

    private Decision decision(Speaker self, Arrival arrival, boolean duplicate, LinkKey link, Standing standing) {
        return new Decision(
                self.identifier(),
                self.actor().profileId(self.identifier()),
                self.actor().firstSeenMillis(),
                self.watermark(),
                writer,
                writers,
                arrival,
                duplicate,
                link,
                standing);
    }

    @Override
    public void onTimer(long timeMillis, OnTimerContext context, Collector<Decision> out) throws Exception {
        Actor actor = actors.get(context.getCurrentKey());
        if (actor == null || actor.wakeAtMillis != timeMillis) {
            return;
        }
        actor.recent.evictBefore(timeMillis - windowMillis);
        actor.wakeAtMillis = Actor.ASLEEP;
        if (actor.recent.size() > IDS_LEFT_LYING) {
            wakeWhenForgotten(actor, context.timerService());
        }
        actors.put(context.getCurrentKey(), actor);
    }

    private void wakeWhenForgotten(Actor actor, TimerService timers) {
        long wakeAtMillis = actor.recent.lastExpiryMillis(windowMillis) + 1;
        if (wakeAtMillis <= timers.currentWatermark()) {
            // All have left the window. A timer for it would fire at once, and for times beyond all reason for ever.
            actor.recent.clear();
            return;
        }
        actor.wakeAtMillis = wakeAtMillis;
        timers.registerEventTimeTimer(wakeAtMillis);
    }

    /** A watermark that says something: not "nothing seen yet", and not "the stream has ended". */
    private static Long known(long watermark) {
        return watermark == Long.MIN_VALUE || watermark == Long.MAX_VALUE ? null : watermark;
    }

    /** What the current actor has to say. */
    private final class Post implements Outbox {
        private final List<LinkKey> links = new ArrayList<>();
        private final Counter messages;
        private final Counter linksOverLimit;
        private final Counter labelsBeyondReach;
        private Context context;

        Post(MetricGroup metrics) {
            messages = metrics.counter("loop_messages");
            linksOverLimit = metrics.counter("links_over_limit");
            labelsBeyondReach = metrics.counter("labels_beyond_reach");
        }

        @Override
        public void send(Message message) {
            messages.inc();
            context.output(TELLING, message);
        }

        @Override
        public void linked(LinkKey link) {
            links.add(link);
        }

        @Override
        public void linkOverLimit() {
            linksOverLimit.inc();
        }

        @Override
        public void labelBeyondReach() {
            labelsBeyondReach.inc();
        }
    }
}
