package dev.millrace.measure.people;

import dev.millrace.core.people.Sighting;
import org.apache.flink.api.common.state.ValueStateDescriptor;

/**
 * State of {@link PeopleFunction}.
 *
 * <ul>
 *   <li>{@code sighting}, by identifier: when it was seen since its row was last written. Cleared when the row is
 *       written, by a processing-time timer at the latest; so there is none of who was not seen within the interval.
 * </ul>
 */
final class PeopleState {
    static final ValueStateDescriptor<Sighting> SIGHTING = new ValueStateDescriptor<>("sighting", Sighting.class);

    private PeopleState() {}
}
