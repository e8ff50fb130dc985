/** The batch answer beside the speed answer: people and metrics from cold storage alone, compared with the serving store. */
package dev.millrace.verify;
