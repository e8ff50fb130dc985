/** What the local stack's bench measures Millrace's jobs against. */
package dev.millrace.bench;
