/** MeasureJob: attributed records to windowed metrics, and to who the people are, in the serving store. */
package dev.millrace.measure;
