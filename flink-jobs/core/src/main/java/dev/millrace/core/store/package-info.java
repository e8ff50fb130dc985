/** Rows of the serving store. */
package dev.millrace.core.store;
