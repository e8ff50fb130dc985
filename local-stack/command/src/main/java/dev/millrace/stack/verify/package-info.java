/** {@code stack verify}: waits until the pipeline has caught up, compares in a process of its own, prints the report. */
package dev.millrace.stack.verify;
