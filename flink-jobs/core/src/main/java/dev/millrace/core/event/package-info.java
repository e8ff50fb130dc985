/** What a customer event is, how it is read, when it happened, and which copies of it are the same message. */
package dev.millrace.core.event;
