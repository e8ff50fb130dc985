/** By profile: what all leaves of a person come to. */
package dev.millrace.measure.attribute;
