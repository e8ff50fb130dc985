/** Makes events usable, or says why they are not: time, message id, leaf. */
package dev.millrace.stitch.refine;
