package dev.millrace.stack.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.core.event.Event;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongConsumer;
import org.junit.jupiter.api.Test;

class ProbesTest {
    private static final long DAY = Instant.parse("2026-03-01T00:00:00Z").toEpochMilli();
    private static final long STREAM = DAY + 3_600_000;

    private final List<Event> sent = new ArrayList<>();
    private final List<LongConsumer> acknowledgements = new ArrayList<>();
    private final Store store = new Store();
    private long now = 1_000_000;
    private final Probes probes = new Probes(this::accept, store, () -> now, true, "");

    @Test
    void anEventWaitsFromItsAppendToTheLookThatShowsItsRow() {
        probes.send(STREAM);
        acknowledge(0, 1_000_003);
        now += 50;
        probes.look(STREAM);
        store.counted.add("bench_probe_0");
        now += 200;
        probes.look(STREAM);
        probes.look(STREAM);

        assertThat(probes.figures().rows()).isEqualTo(new Latencies.Summary(1, 247, 247, 247, 247));
        assertThat(store.days).containsExactly(DAY);
        assertThat(sent.get(0).name()).isEqualTo("bench_probe_0");
        assertThat(sent.get(0).timestampMillis()).isEqualTo(STREAM);
    }

    @Test
    void anAppendMayBeToldAfterTheRowIsSeen() {
        probes.send(STREAM);
        store.counted.add("bench_probe_0");
        now += 200;
        probes.look(STREAM);
        acknowledge(0, 1_000_010);

        assertThat(probes.figures().rows().maxMillis()).isEqualTo(190);
    }

    @Test
    void eventsAreSentTenTimesASecondAndEachHasANameOfItsOwn() {
        for (int i = 0; i < 1_000; i++) {
            probes.send(STREAM);
            now++;
        }
        assertThat(sent.stream().map(Event::name).filter(name -> name.startsWith(Probes.EVENT)))
                .hasSize(10)
                .doesNotHaveDuplicates();
        assertThat(sent.stream().map(Event::messageId)).doesNotHaveDuplicates();
    }

    @Test
    void probesOfTwoLabelsHaveNothingInCommon() {
        for (String label : List.of("one_", "other_")) {
            now += 10_000;
            new Probes(this::accept, store, () -> now, true, label).send(STREAM);
        }
        assertThat(sent).hasSize(6);
        assertThat(sent.stream().map(Event::messageId)).doesNotHaveDuplicates();
        assertThat(sent.get(0).name()).isEqualTo("bench_probe_one_0");
        assertThat(sent.get(3).name()).isEqualTo("bench_probe_other_0");
        assertThat(sent.get(1).properties()).isNotEqualTo(sent.get(4).properties());
    }

    @Test
    void withoutPairsNobodyLogsIn() {
        Probes alone = new Probes(this::accept, store, () -> now, false, "");
        alone.send(STREAM);
        alone.look(STREAM);

        assertThat(sent).extracting(Event::name).containsExactly("bench_probe_0");
    }

    @Test
    void aLateLookDoesNotLowerTheRate() {
        for (int i = 0; i < 10; i++) {
            probes.send(STREAM);
            now += 130;
        }
        assertThat(sent.stream().map(Event::name).filter(name -> name.startsWith(Probes.EVENT)))
                .as("sent at 0, 130, 260, ...: every look is behind a due time")
                .hasSize(10);
        now += 10_000;
        probes.send(STREAM);
        probes.send(STREAM);
        probes.send(STREAM);
        assertThat(sent.stream().map(Event::name).filter(name -> name.startsWith(Probes.EVENT)))
                .as("a long pause is not made up for")
                .hasSizeLessThanOrEqualTo(12);
    }

    @Test
    void aPairLogsInOnceBothAreSeenAndWaitsUntilTheyAreOne() {
        probes.send(STREAM);
        assertThat(sent).hasSize(3);
        store.counted.add("bench_probe_0");
        store.people.put("1", 1.0);
        probes.look(STREAM);
        assertThat(sent).as("one of them is not seen yet").hasSize(3);

        store.people.put("1", 2.0);
        probes.look(STREAM + 60_000);
        Event login = sent.get(3);
        assertThat(login.type()).isEqualTo("identify");
        assertThat(login.userId()).isEqualTo(sent.get(1).userId());
        assertThat(login.anonymousId()).isEqualTo(sent.get(2).anonymousId());
        assertThat(login.timestampMillis()).isEqualTo(STREAM + 60_000);

        acknowledge(3, now + 5);
        now += 300;
        probes.look(STREAM);
        assertThat(sent).as("it logs in once").hasSize(4);
        assertThat(probes.isIdle()).isFalse();
        store.people.put("1", 1.0);
        now += 100;
        probes.look(STREAM);

        assertThat(probes.isIdle()).isTrue();
        assertThat(probes.figures().corrections()).isEqualTo(new Latencies.Summary(1, 395, 395, 395, 395));
        assertThat(probes.figures().unseen()).isZero();
    }

    @Test
    void whatIsNeverSeenIsCounted() {
        probes.send(STREAM);
        probes.look(STREAM);

        assertThat(probes.isIdle()).isFalse();
        assertThat(probes.figures())
                .isEqualTo(new Probes.Figures(
                        new Latencies.Summary(0, 0, 0, 0, 0), new Latencies.Summary(0, 0, 0, 0, 0), 2));
    }

    private void accept(Event event, LongConsumer appended) {
        sent.add(event);
        acknowledgements.add(appended);
    }

    private void acknowledge(int number, long millis) {
        acknowledgements.get(number).accept(millis);
    }

    private static final class Store implements Probes.Rows {
        private final Set<String> counted = new HashSet<>();
        private final Map<String, Double> people = new HashMap<>();
        private final Set<Long> days = new HashSet<>();

        @Override
        public Set<String> counted(Collection<String> names, Set<Long> of) {
            days.addAll(of);
            Set<String> found = new HashSet<>(names);
            found.retainAll(counted);
            return found;
        }

        @Override
        public Map<String, Double> people(Collection<String> pairs, Set<Long> of) {
            days.addAll(of);
            Map<String, Double> found = new HashMap<>(people);
            found.keySet().retainAll(pairs);
            return found;
        }
    }
}
