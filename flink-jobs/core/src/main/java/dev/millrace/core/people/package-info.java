/** What is kept of people beside their numbers: identifiers, links, merges and traits, as rows of the serving store. */
package dev.millrace.core.people;
