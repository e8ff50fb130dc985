/** MirrorJob: every raw record, byte for byte, to cold storage. */
package dev.millrace.mirror;
