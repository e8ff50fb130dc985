/** Cold storage: raw records as Parquet files. */
package dev.millrace.runtime.parquet;
