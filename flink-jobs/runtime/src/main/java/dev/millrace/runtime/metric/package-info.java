/** What jobs tell of themselves, through whatever metrics reporter the cluster has. */
package dev.millrace.runtime.metric;
