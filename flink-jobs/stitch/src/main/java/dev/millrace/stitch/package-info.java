/** StitchJob: raw events to attributed records, one ordered log an identifier. */
package dev.millrace.stitch;
