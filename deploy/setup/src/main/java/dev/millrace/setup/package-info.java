/** Prepares what the jobs expect to find: topics, registered schemas, the serving store's tables. */
package dev.millrace.setup;
