/** Decides which profile an event belongs to, and whether it was seen before. */
package dev.millrace.stitch.resolve;
