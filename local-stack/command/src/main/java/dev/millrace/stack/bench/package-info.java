/** {@code stack bench}: how fast the jobs are, side by side. */
package dev.millrace.stack.bench;
