/** Micro-benchmarks of what the jobs do for each event, on the generator's events. */
package dev.millrace.microbench;
