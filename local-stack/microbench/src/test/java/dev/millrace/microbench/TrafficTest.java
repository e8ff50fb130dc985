package dev.millrace.microbench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.core.catalogue.Hit;
import dev.millrace.core.identity.Decision;
import dev.millrace.core.metric.Leaf;
import dev.millrace.core.metric.Observation;
import dev.millrace.core.metric.ProfileChange;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What is measured is what the jobs do: nothing is dropped on the way, and people come together. */
class TrafficTest {
    private static final int EVENTS = 2000;
    private static final Traffic TRAFFIC = new Traffic();

    @BeforeAll
    static void make() throws Exception {
        TRAFFIC.events = EVENTS;
        TRAFFIC.make();
    }

    @Test
    void everyRawRecordIsAnEventOfSomebody() {
        assertThat(TRAFFIC.avro).hasSize(EVENTS);
        assertThat(TRAFFIC.json).hasSize(EVENTS);
        assertThat(TRAFFIC.envelopes).hasSize(EVENTS);
        assertThat(TRAFFIC.arrivals).hasSize(EVENTS);
        assertThat(TRAFFIC.arrivals).anyMatch(arrival -> !arrival.others().isEmpty());
    }

    @Test
    void identifiersMoveToOtherProfiles() {
        assertThat(TRAFFIC.told).isPositive();
        assertThat(TRAFFIC.decisions)
                .anyMatch(decision ->
                        decision.standing() != null && decision.standing().previousProfileId() != null)
                .anyMatch(decision -> decision.link() != null)
                .anyMatch(Decision::duplicate);
    }

    @Test
    void everyStitchedRecordIsReadAndEveryEventOfItIsSomethingToTheCatalogue() {
        assertThat(TRAFFIC.observations).hasSameSizeAs(TRAFFIC.decisions).doesNotContainNull();
        assertThat(TRAFFIC.observations)
                .filteredOn(observation -> observation.event() != null)
                .hasSize(EVENTS)
                .filteredOn(observation -> !observation.event().duplicate())
                .allMatch(observation -> !observation.event().hits().isEmpty());
    }

    @Test
    void eventsCountOnceEach() {
        Leaves leaves = new Leaves(TRAFFIC.measuring, TRAFFIC.hotSinceMillis);
        List<Leaf.Outcome> outcomes = new ArrayList<>();
        for (Observation observation : TRAFFIC.observations) {
            outcomes.add(leaves.take(observation, new Leaf.Output() {
                @Override
                public void change(ProfileChange change) {}

                @Override
                public void count(Hit hit, long timeMillis) {}
            }));
        }
        long copies = TRAFFIC.decisions.stream().filter(Decision::duplicate).count();
        assertThat(outcomes)
                .containsOnly(Leaf.Outcome.COUNTED, Leaf.Outcome.DUPLICATE, Leaf.Outcome.NO_EVENT)
                .filteredOn(outcome -> outcome == Leaf.Outcome.COUNTED)
                .hasSize((int) (EVENTS - copies));
        assertThat(TRAFFIC.changes).isNotEmpty();
        assertThat(TRAFFIC.additions).isNotEmpty();
        assertThat(TRAFFIC.deltas).isNotEmpty();
    }
}
