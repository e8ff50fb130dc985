/** By profile: whether the person is in a window, through whichever leaf. */
package dev.millrace.measure.attribute;
