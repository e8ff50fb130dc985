package dev.millrace.generator;

import dev.millrace.core.event.Event;

/**
 * One record, as it arrives.
 *
 * @param event null where the record can't even be written as one
 * @param bytes what such a record holds instead, without line break; null where there is an event
 * @param malformed whether the jobs are to reject it: not JSON, an unknown type, nobody's
 * @param arrivalMillis when it is received, milliseconds since the epoch; never before the record ahead of it
 */
public record Generated(Event event, byte[] bytes, boolean malformed, long arrivalMillis) {}
