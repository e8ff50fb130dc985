/** Makes events usable, or says why they are not: identifiers, message id. */
package dev.millrace.stitch.refine;
