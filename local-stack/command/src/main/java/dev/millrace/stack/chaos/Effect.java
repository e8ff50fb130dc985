package dev.millrace.stack.chaos;

import dev.millrace.stack.flink.JobPast;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;

/**
 * What is to be seen in Flink of a fault, and of the recovery from it: a fault that hits nothing is none.
 *
 * @param begun just before the fault
 */
record Effect(Fault fault, Instant begun) {

    /** What should have happened by the time the fault is over, and has not, in a clause; empty: all of it has. */
    Optional<String> missing(List<JobPast> pasts) {
        if (fault.failsJobs()) {
            boolean failed = pasts.stream().anyMatch(past -> since(past.failedMillis(), begun));
            return failed ? Optional.empty() : Optional.of("no job has failed since " + fault.part() + " was hit");
        }
        return fault.kind() == FaultKind.CHECKPOINT_DISK_FULL
                ? without(pasts, JobPast::checkpointFailedMillis, begun, "no checkpoint has failed of ")
                : Optional.empty();
    }

    /** What should have happened since it was over, besides; likewise. */
    Optional<String> unhealed(List<JobPast> pasts, Instant over) {
        return fault.kind() == FaultKind.CHECKPOINT_DISK_FULL
                ? without(
                        pasts, JobPast::checkpointBegunMillis, over, "no checkpoint was begun and completed since of ")
                : Optional.empty();
    }

    private static Optional<String> without(
            List<JobPast> pasts, Function<JobPast, OptionalLong> when, Instant since, String what) {
        List<String> jobs = pasts.stream()
                .filter(past -> !since(when.apply(past), since))
                .map(JobPast::name)
                .sorted()
                .toList();
        return jobs.isEmpty() ? Optional.empty() : Optional.of(what + String.join(", ", jobs));
    }

    private static boolean since(OptionalLong millis, Instant since) {
        return millis.isPresent() && millis.getAsLong() >= since.toEpochMilli();
    }
}
