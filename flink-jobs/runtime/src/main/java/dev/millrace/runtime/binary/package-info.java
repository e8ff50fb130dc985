/** Serializers of our own, for what the hot path moves and keeps. */
package dev.millrace.runtime.binary;
