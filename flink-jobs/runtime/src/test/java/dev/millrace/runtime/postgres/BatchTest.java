package dev.millrace.runtime.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.core.identity.LinkKey;
import dev.millrace.core.people.IdentifierRow;
import dev.millrace.core.people.ProfileMerge;
import dev.millrace.core.people.Trait;
import dev.millrace.core.store.MetricRow;
import dev.millrace.core.store.ProgressRow;
import org.junit.jupiter.api.Test;

class BatchTest {

    @Test
    void ofRowsOfOneKeyTheLaterHoldsAndComesLast() {
        Batch<MetricRow> batch = new Batch<>(Tables.METRIC_VALUES, 10);
        batch.add(metric("a", 1));
        batch.add(metric("b", 2));
        batch.add(metric("a", 3));
        assertThat(batch.rows()).containsExactly(metric("b", 2), metric("a", 3));
    }

    @Test
    void aFullBatchStillTakesRowsOfKeysThatItHas() {
        Batch<ProgressRow> batch = new Batch<>(Tables.EVENT_TIME_PROGRESS, 2);
        assertThat(batch.isEmpty()).isTrue();
        assertThat(batch.add(new ProgressRow("a", 1, null, 0))).isTrue();
        assertThat(batch.isFull()).isFalse();
        assertThat(batch.add(new ProgressRow("b", 2, 2L, 0))).isTrue();
        assertThat(batch.isFull()).isTrue();
        assertThat(batch.add(new ProgressRow("c", 3, null, 0))).isFalse();
        assertThat(batch.add(new ProgressRow("a", 4, null, 0))).isTrue();
        assertThat(batch.rows()).containsExactly(new ProgressRow("b", 2, 2L, 0), new ProgressRow("a", 4, null, 0));
    }

    @Test
    void timesOfAnIdentifierWidenAndWhatStandsStays() {
        Batch<IdentifierRow> batch = new Batch<>(Tables.IDENTIFIERS, 10);
        batch.add(new IdentifierRow("i", "p", 500, 600, null, false, true));
        batch.add(new IdentifierRow("i", "q", 400, 550, 450L, true, false));
        batch.add(new IdentifierRow("i", "r", 300, 900, null, false, false));
        assertThat(batch.rows())
                .as("one that was new to the store still is")
                .containsExactly(new IdentifierRow("i", "r", 300, 900, 450L, true, true));
    }

    @Test
    void whereOnlyTheStoreKnowsWhatTwoRowsMakeTheBatchEnds() {
        Batch<IdentifierRow> identifiers = new Batch<>(Tables.IDENTIFIERS, 10);
        identifiers.add(new IdentifierRow("i", "p", 500, 600, null, false, false));
        assertThat(identifiers.add(new IdentifierRow("i", "p", 499, 600, null, false, false)))
                .isFalse();
        Batch<Trait> traits = new Batch<>(Tables.IDENTIFIER_TRAITS, 10);
        traits.add(new Trait("i", "t", "1", 5, false));
        assertThat(traits.add(new Trait("i", "t", "1", 5, false))).isTrue();
        assertThat(traits.add(new Trait("i", "t", "2", 5, false))).isFalse();
        assertThat(traits.add(new Trait("i", "t", "0", 4, false))).isTrue();
        assertThat(traits.add(new Trait("i", "t", "3", 6, false))).isTrue();
        assertThat(traits.rows()).containsExactly(new Trait("i", "t", "3", 6, false));
    }

    @Test
    void ofLinksTheEarliestHoldsAndOfMergesTheFirst() {
        Batch<LinkKey> links = new Batch<>(Tables.IDENTITY_LINKS, 10);
        links.add(LinkKey.of(5, "a", "b"));
        links.add(LinkKey.of(3, "b", "a"));
        links.add(LinkKey.of(4, "a", "b"));
        assertThat(links.rows()).containsExactly(LinkKey.of(3, "a", "b"));
        Batch<ProfileMerge> merges = new Batch<>(Tables.PROFILE_MERGES, 10);
        merges.add(new ProfileMerge("p", "q", LinkKey.of(1, "a", "b"), 100));
        merges.add(new ProfileMerge("p", "q", LinkKey.of(1, "a", "b"), 50));
        assertThat(merges.rows()).containsExactly(new ProfileMerge("p", "q", LinkKey.of(1, "a", "b"), 100));
    }

    private static MetricRow metric(String name, double value) {
        return new MetricRow(name, "1m", 0, 60_000, "{}", value, 0, 0, null);
    }
}
