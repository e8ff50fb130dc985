/** The parts of the stack: for each real program, how it is prepared, started, asked whether it serves, and ended. */
package dev.millrace.stack.part;
