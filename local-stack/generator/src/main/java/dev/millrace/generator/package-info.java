/** A seeded population of people who use a shop, as an endless or limited stream of events. */
package dev.millrace.generator;
