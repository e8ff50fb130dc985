/** What one would write with Kafka Streams instead of Millrace. */
package dev.millrace.peers.streams;
