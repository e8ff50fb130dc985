package dev.millrace.stack.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.stack.Job;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class ScheduleTest {
    private static final List<FaultKind> ALL = List.of(FaultKind.values());

    @Test
    void theSameSeedGivesTheSameFaults() {
        assertThat(first(100, new Schedule(7, ALL, 2, 2))).isEqualTo(first(100, new Schedule(7, ALL, 2, 2)));
        assertThat(first(100, new Schedule(7, ALL, 2, 2))).isNotEqualTo(first(100, new Schedule(8, ALL, 2, 2)));
    }

    @Test
    void eachRoundHasEveryKindOnceAndRoundsDifferInOrder() {
        List<List<FaultKind>> rounds = new ArrayList<>();
        Schedule schedule = new Schedule(1, ALL, 2, 2);
        for (int round = 0; round < 5; round++) {
            rounds.add(first(ALL.size(), schedule).stream().map(Fault::kind).toList());
        }
        assertThat(rounds).allSatisfy(round -> assertThat(round).containsExactlyInAnyOrderElementsOf(ALL));
        assertThat(rounds).doesNotHaveDuplicates();
    }

    @Test
    void neighbouringSeedsBeginDifferently() {
        List<FaultKind> begins = new ArrayList<>();
        for (long seed = 1; seed <= 40; seed++) {
            begins.add(new Schedule(seed, ALL, 2, 2).next().kind());
        }
        assertThat(begins.stream().distinct().count()).isGreaterThan(ALL.size() / 2);
    }

    @Test
    void everyPartIsPausedAndAtFirstForLongerThanAHeartbeatTimesOut() {
        List<Fault> pauses = first(12, new Schedule(3, List.of(FaultKind.PAUSE), 1, 2));
        Map<String, List<Integer>> seconds = pauses.stream()
                .collect(Collectors.groupingBy(Fault::part, Collectors.mapping(Fault::seconds, Collectors.toList())));
        assertThat(pauses.get(0).part()).isEqualTo("taskmanager-1");
        assertThat(seconds).containsOnlyKeys("taskmanager-1", "jobmanager", "postgres", "kafka");
        assertThat(seconds.values()).allSatisfy(each -> {
            assertThat(each.get(0)).isGreaterThan(10);
            assertThat(each).allSatisfy(one -> assertThat(one).isBetween(5, 20));
        });
    }

    @Test
    void aRescalingGivesEveryJobAnotherParallelism() {
        Map<Job, Integer> now = new EnumMap<>(Map.of(Job.MIRROR, 2, Job.STITCH, 2, Job.MEASURE, 2));
        for (Fault fault : first(50, new Schedule(5, List.of(FaultKind.RESCALE), 1, 2))) {
            assertThat(fault.parallelism()).containsOnlyKeys(Job.values());
            fault.parallelism()
                    .forEach((job, other) -> assertThat(other).isBetween(1, 3).isNotEqualTo(now.get(job)));
            now.putAll(fault.parallelism());
        }
    }

    @Test
    void everyTaskManagerIsHit() {
        List<Fault> kills = first(40, new Schedule(5, List.of(FaultKind.TM_KILL), 3, 2));
        assertThat(kills.stream().map(Fault::part).distinct())
                .containsExactlyInAnyOrder("taskmanager-1", "taskmanager-2", "taskmanager-3");
    }

    @Test
    void faultsAreKnownByTheirLabels() {
        assertThat(ALL)
                .allSatisfy(kind -> assertThat(FaultKind.labelled(kind.label())).isEqualTo(kind));
        assertThatThrownBy(() -> FaultKind.labelled("flood"))
                .hasMessageContaining("flood")
                .hasMessageContaining("checkpoint-disk-full");
    }

    private static List<Fault> first(int count, Schedule schedule) {
        List<Fault> faults = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            faults.add(schedule.next());
        }
        return faults;
    }
}
