/** What is known of people, as rows. */
package dev.millrace.measure.people;
