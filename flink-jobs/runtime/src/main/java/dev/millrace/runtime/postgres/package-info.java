/** The serving store. */
package dev.millrace.runtime.postgres;
