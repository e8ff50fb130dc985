package dev.millrace.stack.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.stack.flink.JobPast;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class EffectTest {
    private static final Instant BEGUN = Instant.ofEpochMilli(1000);
    private static final Instant OVER = Instant.ofEpochMilli(2000);

    @Test
    void aTaskManagerThatWasKilledOrMissedFailsSomeJob() {
        for (Effect effect :
                List.of(effect(FaultKind.TM_KILL, "taskmanager-2", 0), effect(FaultKind.PAUSE, "taskmanager-2", 14))) {
            assertThat(effect.missing(List.of(past("stitch", 999, -1, -1), past("measure", -1, -1, -1))))
                    .contains("no job has failed since taskmanager-2 was hit");
            assertThat(effect.missing(List.of(past("stitch", 999, -1, -1), past("measure", 1000, -1, -1))))
                    .isEmpty();
        }
    }

    @Test
    void ofOtherFaultsFlinkNeedNotFeelAnything() {
        for (Effect effect : List.of(
                effect(FaultKind.PAUSE, "taskmanager-1", 9),
                effect(FaultKind.PAUSE, "postgres", 20),
                effect(FaultKind.COLLECTOR_KILL, "collector", 0))) {
            List<JobPast> pasts = List.of(past("stitch", -1, -1, -1));
            assertThat(effect.missing(pasts)).isEmpty();
            assertThat(effect.unhealed(pasts, OVER)).isEmpty();
        }
    }

    @Test
    void onAFullDiskEachJobHasACheckpointFailAndAfterwardsOneComplete() {
        Effect effect = effect(FaultKind.CHECKPOINT_DISK_FULL, "", 12);
        List<JobPast> half = List.of(past("stitch", -1, 1500, 1999), past("mirror", -1, 999, 2000));
        assertThat(effect.missing(half)).contains("no checkpoint has failed of mirror");
        assertThat(effect.unhealed(half, OVER)).contains("no checkpoint was begun and completed since of stitch");
        List<JobPast> all = List.of(past("stitch", -1, 1500, 2001), past("mirror", -1, 1000, 2000));
        assertThat(effect.missing(all)).isEmpty();
        assertThat(effect.unhealed(all, OVER)).isEmpty();
    }

    @Test
    void aFaultIsAimedAtATaskManagerThatDoesSomething() {
        Fault fault = new Fault(1, FaultKind.TM_KILL, "taskmanager-2", 0, Map.of(), 0);
        assertThat(Injector.aimed(fault, List.of("taskmanager-1")).part()).isEqualTo("taskmanager-1");
        assertThat(Injector.aimed(fault, List.of("taskmanager-1", "taskmanager-2")))
                .isEqualTo(fault);
        assertThat(Injector.aimed(fault, List.of())).as("nobody knows").isEqualTo(fault);
    }

    private static Effect effect(FaultKind kind, String part, int seconds) {
        return new Effect(new Fault(1, kind, part, seconds, Map.of(), 0), BEGUN);
    }

    /** Milliseconds; below 0: never. */
    private static JobPast past(String name, long failed, long checkpointFailed, long checkpointBegun) {
        return new JobPast(name, millis(failed), millis(checkpointFailed), millis(checkpointBegun));
    }

    private static OptionalLong millis(long millis) {
        return millis < 0 ? OptionalLong.empty() : OptionalLong.of(millis);
    }
}
