/**
 * The Segment HTTP API in front of the raw topic.
 *
 * <p>A request is read, checked and answered without holding a thread; how many are under way at once, and how large
 * one may be, is bounded. It is answered with 200 only after Kafka has acknowledged all its events. Where it is
 * answered otherwise, some of a batch's events may have been written all the same: a client that sends it again sends
 * the same message ids, which then count once.
 */
package dev.millrace.collector;
