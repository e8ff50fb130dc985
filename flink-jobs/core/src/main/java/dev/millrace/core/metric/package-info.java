/** What metrics are, which windows an event falls into, and how contributions add up to rows. */
package dev.millrace.core.metric;
