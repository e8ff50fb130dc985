package dev.millrace.stitch.resolve;

import dev.millrace.core.event.MessageIds;
import dev.millrace.core.event.RecentMessageIds;
import dev.millrace.core.identity.Actor;
import dev.millrace.core.identity.Attribution;
import dev.millrace.core.identity.ProfileId;
import dev.millrace.runtime.config.MillraceConfig.StitchOptions;
import dev.millrace.stitch.refine.Refined;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/**
 * The actor of each identifier: drops copies of messages, and gives events their profile. The leaf alone is the
 * profile.
 */
public final class ResolveFunction extends KeyedProcessFunction<String, Refined, Attribution> {
    private final long windowMillis;
    private final int maxIds;
    private transient ValueState<Actor> actors;
    private transient int writer;
    private transient int writers;
    private transient Counter duplicates;
    private transient Counter forgottenEarly;

    public ResolveFunction(StitchOptions options) {
        this.windowMillis = options.dedupeWindow().toMillis();
        this.maxIds = options.dedupeMaxIds();
    }

    @Override
    public void open(OpenContext context) {
        writer = getRuntimeContext().getTaskInfo().getIndexOfThisSubtask();
        writers = getRuntimeContext().getTaskInfo().getNumberOfParallelSubtasks();
        actors = getRuntimeContext().getState(ResolveState.ACTOR);
        MetricGroup metrics = getRuntimeContext().getMetricGroup().addGroup("millrace");
        duplicates = metrics.counter("duplicates_dropped");
        forgottenEarly = metrics.counter("message_ids_forgotten_early");
    }

    @Override
    public void processElement(Refined refined, Context context, Collector<Attribution> out) throws Exception {
        Actor actor = actors.value();
        if (actor == null) {
            actor = new Actor();
        }
        // An event that comes late is remembered from now on, not from when it happened: its copies are late too.
        Long known = known(context.timerService().currentWatermark());
        long watermark = known == null ? Long.MIN_VALUE : known;
        long hash = MessageIds.hash(refined.event().messageId());
        RecentMessageIds.Outcome outcome =
                actor.recent.add(hash, Math.max(refined.eventTimeMillis(), watermark), windowMillis, maxIds);
        if (outcome == RecentMessageIds.Outcome.NEW_EVICTING) {
            forgottenEarly.inc();
        }
        if (actor.wakeAtMillis == Actor.ASLEEP) {
            wakeWhenForgotten(actor, context);
        }
        actors.update(actor);
        if (outcome == RecentMessageIds.Outcome.DUPLICATE) {
            duplicates.inc();
            return;
        }
        out.collect(new Attribution(
                refined.leaf(),
                ProfileId.ledBy(refined.leaf()),
                known,
                writer,
                writers,
                refined.topic(),
                refined.partition(),
                refined.offset(),
                refined.eventTimeMillis(),
                refined.event()));
    }

    @Override
    public void onTimer(long timeMillis, OnTimerContext context, Collector<Attribution> out) throws Exception {
        Actor actor = actors.value();
        if (actor == null || actor.wakeAtMillis != timeMillis) {
            return;
        }
        actor.recent.evictBefore(timeMillis - windowMillis);
        if (actor.recent.isEmpty()) {
            actors.clear();
            return;
        }
        wakeWhenForgotten(actor, context);
        actors.update(actor);
    }

    private void wakeWhenForgotten(Actor actor, Context context) {
        actor.wakeAtMillis = actor.recent.lastExpiryMillis(windowMillis) + 1;
        context.timerService().registerEventTimeTimer(actor.wakeAtMillis);
    }

    /** A watermark that says something: not "nothing seen yet", and not "the stream has ended". */
    private static Long known(long watermark) {
        return watermark == Long.MIN_VALUE || watermark == Long.MAX_VALUE ? null : watermark;
    }
}
