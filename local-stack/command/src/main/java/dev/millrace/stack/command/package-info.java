/** The subcommands: one class each. */
package dev.millrace.stack.command;
