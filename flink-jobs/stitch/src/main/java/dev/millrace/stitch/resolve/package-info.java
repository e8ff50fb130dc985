/** Decides which profile an identifier belongs to, and whether an event was seen before. */
package dev.millrace.stitch.resolve;
