/** What helps keyed state along. */
package dev.millrace.runtime.state;
