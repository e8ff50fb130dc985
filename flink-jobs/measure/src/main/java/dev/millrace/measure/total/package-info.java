/** By metric and window: adding up, and writing rows. */
package dev.millrace.measure.total;
