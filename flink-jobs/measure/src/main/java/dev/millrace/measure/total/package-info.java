/** By metric, window and dimensions: the row. */
package dev.millrace.measure.total;
