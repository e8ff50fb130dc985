/** Kafka and the schema registry: the wire format of every topic, sources, sinks and the producer of raw events. */
package dev.millrace.runtime.kafka;
