/** The operating system's processes and ports. */
package dev.millrace.stack.process;
