/** MeasureJob: attributed records to windowed metrics in the serving store. */
package dev.millrace.measure;
