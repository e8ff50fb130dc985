/**
 * All metrics and sessions computed from scratch, from all events at once: what the engine's answer is compared with. It
 * shares no code with the engine or with the reader of the catalogue; it is slow, and meant to be plainly right.
 */
package dev.millrace.core.oracle;
