package dev.millrace.stack.bench;

import dev.millrace.stack.bench.UsageCurve.Usage;

/**
 * What a contender used while its measured part went through.
 *
 * @param events of the measured part
 * @param jobCpuSeconds of JobManager and TaskManager, or of the peer's own process
 * @param kafkaCpuSeconds of the broker
 * @param postgresCpuSeconds of PostgreSQL
 * @param eventsPerJobCpuSecond how many events one core of the job does in a second
 * @param eventsPerCpuSecond likewise, with the broker's and PostgreSQL's work
 * @param peakResidentBytes of the TaskManager, or of the peer's own process, from its start on
 * @param stateBytes of a full checkpoint in the end; 0 where there is no state to speak of
 */
record Cost(
        double events,
        double jobCpuSeconds,
        double kafkaCpuSeconds,
        double postgresCpuSeconds,
        double eventsPerJobCpuSecond,
        double eventsPerCpuSecond,
        long peakResidentBytes,
        long stateBytes) {

    static Cost of(double events, Usage usage, long peakResidentBytes, long stateBytes) {
        return new Cost(
                events,
                usage.job(),
                usage.kafka(),
                usage.postgres(),
                perSecond(events, usage.job()),
                perSecond(events, usage.all()),
                peakResidentBytes,
                stateBytes);
    }

    /** Microseconds of the job's processes an event. */
    double jobMicrosPerEvent() {
        return jobCpuSeconds * 1e6 / events;
    }

    /** Microseconds of all processes an event. */
    double microsPerEvent() {
        return (jobCpuSeconds + kafkaCpuSeconds + postgresCpuSeconds) * 1e6 / events;
    }

    /** 0 where too little was used to be seen. */
    private static double perSecond(double events, double seconds) {
        return seconds > 0 ? events / seconds : 0;
    }
}
