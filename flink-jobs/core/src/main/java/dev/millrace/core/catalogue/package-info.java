/** The catalogue of metrics: what is measured, as configuration says it, and how an event is read for it. */
package dev.millrace.core.catalogue;
