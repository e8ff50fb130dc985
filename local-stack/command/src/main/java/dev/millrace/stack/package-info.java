/** The command {@code local-stack/stack}, and the stack as an object that tests start too. */
package dev.millrace.stack;
