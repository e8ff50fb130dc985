/** The commands that show people: who they are, what linked their identifiers, and why two are not one. */
package dev.millrace.stack.people;
