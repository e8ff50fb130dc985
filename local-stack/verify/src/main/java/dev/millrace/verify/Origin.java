package dev.millrace.verify;

import dev.millrace.core.catalogue.SessionRows;
import java.util.Arrays;
import java.util.List;

/** Source, campaign and page of an event, from where rows of sessions have them. */
final class Origin {
    static final List<String> NAMES = List.of("source", "campaign", "page");

    private final int source;
    private final int[] campaign;
    private final int[] page;

    Origin(SessionRows rows, EventReading reading) {
        source = reading.want("source");
        campaign = Measure.slots(rows.campaign(), reading);
        page = Measure.slots(rows.page(), reading);
    }

    /** In the order of {@link #NAMES}; null where the event does not say. */
    List<String> values(EventReading reading) {
        return Arrays.asList(
                Dimensions.bounded(reading.text(source)), Measure.text(campaign, reading), Measure.text(page, reading));
    }
}
