/** By leaf: what each identifier's events add, which repeats are dropped, and what moves along with it. */
package dev.millrace.measure.contribute;
