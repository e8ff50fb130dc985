/** By leaf: what each leaf adds to which window. */
package dev.millrace.measure.contribute;
