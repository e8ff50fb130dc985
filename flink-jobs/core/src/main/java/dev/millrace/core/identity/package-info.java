/** Which identifiers an event names, and which profile they belong to. */
package dev.millrace.core.identity;
