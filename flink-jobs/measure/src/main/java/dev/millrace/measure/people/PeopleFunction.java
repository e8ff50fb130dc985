package dev.millrace.measure.people;

import dev.millrace.core.identity.Attribution;
import dev.millrace.core.identity.LinkKey;
import dev.millrace.core.identity.Standing;
import dev.millrace.core.people.IdentifierRow;
import dev.millrace.core.people.ProfileMerge;
import dev.millrace.core.people.StoreBounds;
import dev.millrace.core.people.Trait;
import dev.millrace.core.people.Traits;
import dev.millrace.measure.contribute.Sighted;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;

/**
 * What records say of people, to rows of {@code identifiers}, in the order of each identifier's log, and (as {@link #LINKS},
 * {@link #MERGES} and {@link #TRAITS}) of the other tables of people, whose order does not matter. Keeps nothing.
 */
public final class PeopleFunction extends ProcessFunction<Sighted, IdentifierRow> {
    public static final OutputTag<LinkKey> LINKS = new OutputTag<>("links") {};
    public static final OutputTag<ProfileMerge> MERGES = new OutputTag<>("merges") {};
    public static final OutputTag<Trait> TRAITS = new OutputTag<>("traits") {};

    private transient Counter traitsLeftOut;
    private transient Counter traitsUnreadable;
    private transient Counter unstorable;

    @Override
    public void open(OpenContext context) {
        MetricGroup metrics = getRuntimeContext().getMetricGroup().addGroup("millrace");
        traitsLeftOut = metrics.counter("traits_left_out");
        traitsUnreadable = metrics.counter("traits_unreadable");
        unstorable = metrics.counter("identifiers_unstorable");
    }

    @Override
    public void processElement(Sighted sighted, Context context, Collector<IdentifierRow> out) {
        if (!StoreBounds.canHold(sighted.identifier())) {
            unstorable.inc();
            return;
        }
        Attribution people = sighted.people();
        Standing standing = people == null ? null : people.standing();
        if (standing != null || sighted.news()) {
            out.collect(row(sighted, standing));
        }
        if (people == null) {
            return;
        }
        if (people.link() != null && held(people.link())) {
            context.output(LINKS, people.link());
        }
        ProfileMerge.of(people, context.timerService().currentProcessingTime())
                .filter(merge -> held(merge.cause()))
                .ifPresent(merge -> context.output(MERGES, merge));
        Traits traits = Traits.of(people, sighted.likelyNew());
        traits.traits().forEach(trait -> context.output(TRAITS, trait));
        traitsLeftOut.inc(traits.leftOut());
        traitsUnreadable.inc(traits.unreadable() ? 1 : 0);
    }

    private static IdentifierRow row(Sighted sighted, Standing standing) {
        long seenMillis = sighted.seenMillis();
        return new IdentifierRow(
                sighted.identifier(),
                sighted.profileId(),
                standing == null
                        ? sighted.firstSeenMillis()
                        : Math.min(sighted.firstSeenMillis(), standing.firstSeenMillis()),
                seenMillis,
                standing == null ? null : standing.sinceMillis(),
                standing != null && standing.linksLimited(),
                sighted.likelyNew());
    }

    /** Whether the store can hold a row of the link; counted if not. */
    private boolean held(LinkKey link) {
        boolean held = StoreBounds.canHold(link);
        unstorable.inc(held ? 0 : 1);
        return held;
    }
}
