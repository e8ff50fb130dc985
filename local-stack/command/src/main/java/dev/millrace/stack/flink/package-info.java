/** Flink's cluster: its configuration, its REST interface, and what its jobs leave behind to go on from. */
package dev.millrace.stack.flink;
