package dev.millrace.measure;

import dev.millrace.core.event.Rejected;
import dev.millrace.core.identity.Attribution;
import dev.millrace.core.identity.LinkKey;
import dev.millrace.core.metric.Catalogue;
import dev.millrace.core.metric.Leaf;
import dev.millrace.core.metric.MetricRow;
import dev.millrace.core.metric.PresenceDelta;
import dev.millrace.core.metric.TotalDelta;
import dev.millrace.core.people.IdentifierRow;
import dev.millrace.core.people.ProfileMerge;
import dev.millrace.core.people.Trait;
import dev.millrace.measure.attribute.AttributeFunction;
import dev.millrace.measure.contribute.ContributeFunction;
import dev.millrace.measure.people.PeopleFunction;
import dev.millrace.measure.total.TotalFunction;
import dev.millrace.runtime.config.MillraceConfig.MeasureOptions;
import dev.millrace.runtime.config.MillraceConfig.StitchOptions;
import dev.millrace.runtime.kafka.StitchedRead;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;

/**
 * The stages of MeasureJob, from attributions to rows.
 *
 * @param rows of {@code metric_values}, each key's in order
 * @param identifiers rows of {@code identifiers}, each identifier's in the order of its log
 * @param links rows of {@code identity_links}, each pair's in one partition
 * @param merges rows of {@code profile_merges}, each merge's in one partition
 * @param traits rows of {@code identifier_traits}, each identifier's in one partition
 * @param rejected what of the input can't be read
 */
public record MeasurePipeline(
        DataStream<MetricRow> rows,
        DataStream<IdentifierRow> identifiers,
        DataStream<LinkKey> links,
        DataStream<ProfileMerge> merges,
        DataStream<Trait> traits,
        DataStream<Rejected> rejected) {

    /**
     * Joins the stages.
     *
     * <pre>
     *   stitched ──▶ admit ──by leaf──▶ contribute ──────────────────────────▶ ┐
     *                  │ │                  └──by profile, window──▶ attribute ▶ ┴──by row──▶ total ──▶ rows
     *                  │ └─by identifier──▶ people ──▶ identifiers, merges, traits
     *                  │                       └──by pair──▶ links
     *                  └──▶ rejected
     * </pre>
     */
    public static MeasurePipeline define(
            DataStream<StitchedRead> stitched, MeasureOptions options, StitchOptions stitch) {
        long horizonMillis = options.hotHorizon().toMillis();
        Leaf.Rules rules = new Leaf.Rules(
                Catalogue.of(options.metrics(), options.zone()),
                horizonMillis,
                stitch.dedupeWindow().toMillis(),
                stitch.dedupeMaxIds());

        SingleOutputStreamOperator<Attribution> admitted =
                stitched.process(new AdmitFunction()).name("admit").uid("admit");

        SingleOutputStreamOperator<TotalDelta> contributions = admitted.keyBy(Attribution::identifier)
                .process(new ContributeFunction(rules))
                .name("contribute")
                .uid("contribute");

        DataStream<TotalDelta> attributed = contributions
                .getSideOutput(ContributeFunction.ATTRIBUTED)
                .keyBy(PresenceDelta::key)
                .process(new AttributeFunction(horizonMillis))
                .name("attribute")
                .uid("attribute");

        DataStream<MetricRow> rows = contributions
                .union(attributed)
                .keyBy(TotalDelta::key)
                .process(new TotalFunction(options.flushInterval().toMillis(), horizonMillis))
                .name("total")
                .uid("total");

        SingleOutputStreamOperator<IdentifierRow> identifiers = admitted.keyBy(Attribution::identifier)
                .process(new PeopleFunction(options.peopleInterval().toMillis()))
                .name("people")
                .uid("people");

        // Either end may tell a link.
        DataStream<LinkKey> links =
                identifiers.getSideOutput(PeopleFunction.LINKS).keyBy(link -> link.lesser() + ' ' + link.greater());

        return new MeasurePipeline(
                rows,
                identifiers,
                links,
                identifiers.getSideOutput(PeopleFunction.MERGES),
                identifiers.getSideOutput(PeopleFunction.TRAITS),
                admitted.getSideOutput(AdmitFunction.REJECTED));
    }
}
