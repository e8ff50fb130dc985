/** Dead letters, as numbers. */
package dev.millrace.measure.rejected;
