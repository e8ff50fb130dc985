/** Prepares what the jobs expect to find: topics, registered schemas, the serving store's tables; and keeps the store small. */
package dev.millrace.setup;
