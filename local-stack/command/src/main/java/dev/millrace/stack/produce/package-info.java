/** The commands that put events into the raw topic: from a file, and from a seed. */
package dev.millrace.stack.produce;
