-- How the statements are run. Checkpoints, state backend and parallelism come from the configuration, as for every job.

SET 'table.local-time-zone' = 'UTC';
-- One job reads the topic once, corrects clocks once and drops copies once, for all statements.
SET 'table.optimizer.reuse-sub-plan-enabled' = 'true';
SET 'table.optimizer.reuse-source-enabled' = 'true';
SET 'table.optimizer.reuse-optimize-block-with-digest-enabled' = 'true';
-- Rows are gathered, so that state is read and written once a key and batch, and not once a row.
SET 'table.exec.mini-batch.enabled' = 'true';
SET 'table.exec.mini-batch.allow-latency' = '5 s';
SET 'table.exec.mini-batch.size' = '50000';
-- Each subtask adds up its own rows before they are shuffled.
SET 'table.optimizer.agg-phase-strategy' = 'TWO_PHASE';
SET 'table.optimizer.distinct-agg.split.enabled' = 'true';
-- Results that wait for a batch anyway need no small network buffers.
SET 'execution.buffer-timeout.interval' = '100 ms';
-- What is not touched for so long is forgotten: windows that no event comes for, message ids, presences.
SET 'table.exec.state.ttl' = '9 d';
