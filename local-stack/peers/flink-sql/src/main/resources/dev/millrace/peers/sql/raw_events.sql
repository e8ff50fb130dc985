-- The raw topic, Avro in the Confluent wire format; times are milliseconds since the epoch.

CREATE TABLE raw_events (
    message_id   STRING,
    type         STRING,
    event        STRING,
    user_id      STRING,
    anonymous_id STRING,
    `timestamp`  BIGINT,
    sent_at      BIGINT,
    received_at  BIGINT,
    properties   STRING,
    context      STRING,
    arrival      AS PROCTIME()
) WITH (
    'connector' = 'kafka',
    'topic' = '${topic}',
    'scan.startup.mode' = 'earliest-offset',
    'properties.bootstrap.servers' = '${bootstrap_servers}',
    'properties.group.id' = '${job}',
    'value.format' = 'avro-confluent',
    'value.avro-confluent.url' = '${registry}'${more}
);
