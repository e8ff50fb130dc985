package dev.millrace.runtime.kafka;

/**
 * What a record of {@code millrace.rejected} says, as far as it is counted.
 *
 * @param place where the record lies that was turned away, who did so, and the partition that the dead letter is in:
 *     {@code topic/partition/stage/partition}. Dead letters of one place come in the order of {@code offset}, but for
 *     those that come again after a failure
 * @param offset of the record, in its partition
 * @param reason code of it
 * @param arrivedMillis when that record was appended, milliseconds since the epoch
 */
public record DeadLetter(String place, long offset, String reason, long arrivedMillis) {}
