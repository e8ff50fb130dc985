/** {@code stack chaos}: breaks a stack of its own on purpose, and checks that nothing was lost and nothing counts twice. */
package dev.millrace.stack.chaos;
