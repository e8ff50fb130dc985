/** What one would write in Flink SQL instead of Millrace; the SQL is in the resources beside. */
package dev.millrace.peers.sql;
