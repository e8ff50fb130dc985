package dev.millrace.measure;

import dev.millrace.core.catalogue.ReadableCatalogue;
import dev.millrace.core.event.Rejected;
import dev.millrace.core.identity.LinkKey;
import dev.millrace.core.metric.Measuring;
import dev.millrace.core.metric.Observation;
import dev.millrace.core.metric.ProfileChange;
import dev.millrace.core.metric.TotalDelta;
import dev.millrace.core.people.IdentifierRow;
import dev.millrace.core.people.ProfileMerge;
import dev.millrace.core.people.Trait;
import dev.millrace.core.store.MetricRow;
import dev.millrace.core.store.ProgressRow;
import dev.millrace.core.store.RecentEventRow;
import dev.millrace.core.store.SessionRow;
import dev.millrace.measure.attribute.AttributeOperator;
import dev.millrace.measure.contribute.ContributeOperator;
import dev.millrace.measure.people.PeopleFunction;
import dev.millrace.measure.rejected.RejectedOperator;
import dev.millrace.measure.total.TotalOperator;
import dev.millrace.runtime.binary.BinaryType;
import dev.millrace.runtime.config.MillraceConfig;
import dev.millrace.runtime.config.MillraceConfig.MeasureOptions;
import dev.millrace.runtime.config.MillraceConfig.StateBackend;
import dev.millrace.runtime.kafka.DeadLetter;
import dev.millrace.runtime.kafka.StitchedRead;
import dev.millrace.runtime.postgres.StoreHistory;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.util.MathUtils;

/**
 * The stages of MeasureJob, from attributions to rows.
 *
 * @param rows of {@code metric_values}, each key's in order
 * @param progress of event time
 * @param sessions rows of {@code sessions}, each key's in order
 * @param recentEvents rows of {@code recent_events}
 * @param identifiers rows of {@code identifiers}, each identifier's in the order of its log
 * @param links rows of {@code identity_links}, each pair's in one partition
 * @param merges rows of {@code profile_merges}, each merge's in one partition
 * @param traits rows of {@code identifier_traits}, each identifier's in one partition
 * @param rejected what of the input can't be read
 */
public record MeasurePipeline(
        DataStream<MetricRow> rows,
        DataStream<ProgressRow> progress,
        DataStream<SessionRow> sessions,
        DataStream<RecentEventRow> recentEvents,
        DataStream<IdentifierRow> identifiers,
        DataStream<LinkKey> links,
        DataStream<ProfileMerge> merges,
        DataStream<Trait> traits,
        DataStream<Rejected> rejected) {
    /**
     * Leaves, and profiles, that each subtask has at hand as objects: so few that they are gone before the collector takes
     * them for lasting. More are packed, see {@link dev.millrace.runtime.state.StateCache}.
     */
    private static final int HELD = 4_096;

    /**
     * Joins the stages; {@code history} is that of the store that rows are written to.
     *
     * <pre>
     *   stitched ──▶ admit ──by leaf──▶ contribute ──by profile──▶ attribute ──▶ sessions
     *                  │                 │ │ │                         │
     *                  │                 │ │ └──────────────┬──────────┴──by window──▶ total ──▶ rows, progress
     *   dead letters ──┼─────────────────┼─┼─▶ rejections ──┘
     *                  │                 │ └──▶ recent events
     *                  └──▶ rejected     └──▶ people ──▶ identifiers, merges, traits
     *                                          └──by pair──▶ links
     * </pre>
     */
    public static MeasurePipeline define(
            DataStream<StitchedRead> stitched,
            DataStream<DeadLetter> deadLetters,
            MillraceConfig config,
            StoreHistory history) {
        MeasureOptions options = config.measure();
        ReadableCatalogue catalogue = options.catalogue();
        Measuring rules = new Measuring(
                catalogue.catalogue(),
                options.hotHorizon().toMillis(),
                config.stitch().dedupeWindow().toMillis(),
                config.stitch().dedupeMaxIds(),
                Measuring.MOST_AN_HOUR,
                options.peopleInterval().toMillis());
        StateBackend backend = config.flink().stateBackend();
        TypeInformation<Observation> observation = BinaryType.observation(catalogue.catalogue());

        SingleOutputStreamOperator<Observation> admitted = stitched.process(new AdmitFunction())
                .returns(observation)
                .name("admit")
                .uid("admit");

        SingleOutputStreamOperator<TotalDelta> contributions = admitted.keyBy(Observation::identifier, BinaryType.TEXT)
                .transform(
                        "contribute",
                        BinaryType.TOTAL_DELTA,
                        new ContributeOperator(
                                rules,
                                catalogue,
                                backend,
                                HELD,
                                options.journeys().enabled()))
                .uid("contribute");

        SingleOutputStreamOperator<TotalDelta> attributed = contributions
                .getSideOutput(ContributeOperator.CHANGES)
                .keyBy(ProfileChange::profileId, BinaryType.TEXT)
                .transform("attribute", BinaryType.TOTAL_DELTA, new AttributeOperator(rules, backend, HELD, history))
                .uid("attribute");

        SingleOutputStreamOperator<TotalDelta> rejections = deadLetters
                .keyBy(DeadLetter::place, BinaryType.TEXT)
                .transform("rejections", BinaryType.TOTAL_DELTA, new RejectedOperator(rules, catalogue))
                .uid("rejections");

        SingleOutputStreamOperator<MetricRow> rows = contributions
                .union(attributed, rejections)
                .keyBy(TotalDelta::key, BinaryType.TOTAL_KEY)
                .transform(
                        "total",
                        TypeInformation.of(MetricRow.class),
                        new TotalOperator(
                                rules,
                                options.flushInterval().toMillis(),
                                history,
                                Descriptions.of(catalogue, options.timeZone())))
                .uid("total");

        SingleOutputStreamOperator<IdentifierRow> identifiers = contributions
                .getSideOutput(ContributeOperator.PEOPLE)
                .process(new PeopleFunction())
                .name("people")
                .uid("people");

        // Either end may tell a link. Not by a key of Flink's: with one, these writers would have a state backend, and
        // save nothing of it at each checkpoint, on disk and in turn with others.
        DataStream<LinkKey> links = identifiers
                .getSideOutput(PeopleFunction.LINKS)
                .partitionCustom(
                        (pair, writers) -> MathUtils.murmurHash(pair.hashCode()) % writers,
                        link -> link.lesser() + ' ' + link.greater());

        return new MeasurePipeline(
                rows,
                rows.getSideOutput(TotalOperator.PROGRESS),
                attributed.getSideOutput(AttributeOperator.SESSIONS),
                contributions.getSideOutput(ContributeOperator.JOURNEYS),
                identifiers,
                links,
                identifiers.getSideOutput(PeopleFunction.MERGES),
                identifiers.getSideOutput(PeopleFunction.TRAITS),
                admitted.getSideOutput(AdmitFunction.REJECTED));
    }
}
