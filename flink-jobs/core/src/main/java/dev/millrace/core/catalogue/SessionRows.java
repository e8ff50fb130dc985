package dev.millrace.core.catalogue;

import com.fasterxml.jackson.annotation.JsonFormat;
import dev.millrace.core.event.EventType;
import java.io.Serializable;
import java.time.Duration;
import java.util.List;

/**
 * Which sessions are kept as rows of {@code sessions}, and what a row says.
 *
 * @param enabled whether they are kept (default true)
 * @param gap a session ends where the next event is further away (default 30m)
 * @param types of the events that make sessions (default track, page and screen)
 * @param page where events have the page; the first place that has a value counts (default context.page.path,
 *     properties.path)
 * @param campaign where they have the campaign (default context.campaign.name)
 * @param order which events are orders (default track, Order Completed)
 * @param revenue where orders have what was paid; the first place that has a number counts (default properties.revenue,
 *     properties.total)
 */
public record SessionRows(
        Boolean enabled,
        Duration gap,
        @JsonFormat(with = JsonFormat.Feature.ACCEPT_SINGLE_VALUE_AS_ARRAY) List<String> types,
        @JsonFormat(with = JsonFormat.Feature.ACCEPT_SINGLE_VALUE_AS_ARRAY) List<String> page,
        @JsonFormat(with = JsonFormat.Feature.ACCEPT_SINGLE_VALUE_AS_ARRAY) List<String> campaign,
        Match order,
        @JsonFormat(with = JsonFormat.Feature.ACCEPT_SINGLE_VALUE_AS_ARRAY) List<String> revenue)
        implements Serializable {
    /** What holds where the configuration says nothing. */
    public static final SessionRows DEFAULT = new SessionRows(null, null, null, null, null, null, null);

    public SessionRows {
        enabled = enabled == null || enabled;
        gap = MetricDefinition.span(gap, MetricDefinition.DEFAULT_GAP, "gap");
        types = types == null
                ? List.of(EventType.TRACK.wireName(), EventType.PAGE.wireName(), EventType.SCREEN.wireName())
                : types;
        types = Match.of(types, null).types();
        page = page == null ? List.of("context.page.path", "properties.path") : Entries.paths(page, "page");
        campaign = campaign == null ? List.of("context.campaign.name") : Entries.paths(campaign, "campaign");
        order = order == null ? Match.of(List.of(EventType.TRACK.wireName()), List.of("Order Completed")) : order;
        if (order.signals() != null) {
            throw new IllegalArgumentException("'order' is about events; leave out 'signals'");
        }
        revenue =
                revenue == null ? List.of("properties.revenue", "properties.total") : Entries.paths(revenue, "revenue");
    }

    /** Where events say where they came from: places of source, of campaign, of page. */
    List<List<String>> origin() {
        return List.of(List.of("source"), campaign, page);
    }
}
