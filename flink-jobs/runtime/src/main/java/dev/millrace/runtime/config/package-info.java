/** The one configuration file: typed options with their defaults, units and effects. */
package dev.millrace.runtime.config;
