package dev.millrace.core.catalogue;

import com.fasterxml.jackson.annotation.JsonFormat;
import dev.millrace.core.event.EventType;
import java.io.Serializable;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Which events, or which signals. What is given must all hold; what is left out (null) leaves everything open.
 *
 * @param types wire names of event types, one of which it must have
 * @param events names, one of which it must have
 * @param where conditions that it must fulfil
 * @param signals what happened to records; then nothing else is given
 */
public record Match(
        @JsonFormat(with = JsonFormat.Feature.ACCEPT_SINGLE_VALUE_AS_ARRAY) List<String> types,
        @JsonFormat(with = JsonFormat.Feature.ACCEPT_SINGLE_VALUE_AS_ARRAY) List<String> events,
        @JsonFormat(with = JsonFormat.Feature.ACCEPT_SINGLE_VALUE_AS_ARRAY) List<Condition> where,
        @JsonFormat(with = JsonFormat.Feature.ACCEPT_SINGLE_VALUE_AS_ARRAY) List<Signal> signals)
        implements Serializable {
    /** Every event. */
    static final Match ALL = new Match();

    private static final Set<String> TYPES = Collections.unmodifiableSet(new LinkedHashSet<>(
            Arrays.stream(EventType.values()).map(EventType::wireName).toList()));

    public Match {
        types = Entries.distinct(types, "types");
        events = Entries.distinct(events, "events");
        where = Entries.distinct(where, "where");
        signals = Entries.distinct(signals, "signals");
        Entries.requireKnown(types, TYPES, "types");
        if (signals != null && (types != null || events != null || where != null)) {
            throw new IllegalArgumentException("'signals' are of records, not of what is in them; leave out 'types',"
                    + " 'events' and 'where', or 'signals'");
        }
    }

    private Match() {
        this(null, null, null, null);
    }

    /** Events of these types; null: of all. Named so; null: whatever their name. */
    public static Match of(List<String> types, List<String> events) {
        return new Match(types, events, null, null);
    }

    /** Whether it says nothing. */
    boolean isEmpty() {
        return equals(ALL);
    }
}
