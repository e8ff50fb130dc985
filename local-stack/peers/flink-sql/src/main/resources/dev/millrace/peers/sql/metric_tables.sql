-- The tables of store.sql, as Flink sees them: upserted by primary key.

CREATE TABLE peer_events (
    window_size  STRING,
    window_start TIMESTAMP(3),
    type         STRING,
    event        STRING,
    events       BIGINT,
    PRIMARY KEY (window_size, window_start, type, event) NOT ENFORCED
) WITH (${store}, 'table-name' = 'peer_events');

CREATE TABLE peer_people (
    window_size  STRING,
    window_start TIMESTAMP(3),
    people       BIGINT,
    PRIMARY KEY (window_size, window_start) NOT ENFORCED
) WITH (${store}, 'table-name' = 'peer_people');

CREATE TABLE peer_orders (
    window_size  STRING,
    window_start TIMESTAMP(3),
    currency     STRING,
    orders       BIGINT,
    revenue      DECIMAL(38, 6),
    PRIMARY KEY (window_size, window_start, currency) NOT ENFORCED
) WITH (${store}, 'table-name' = 'peer_orders');

CREATE TABLE peer_page_views (
    window_size  STRING,
    window_start TIMESTAMP(3),
    page         STRING,
    page_views   BIGINT,
    PRIMARY KEY (window_size, window_start, page) NOT ENFORCED
) WITH (${store}, 'table-name' = 'peer_page_views');

CREATE TABLE peer_shop_funnel (
    window_size  STRING,
    window_start TIMESTAMP(3),
    step         STRING,
    people       BIGINT,
    PRIMARY KEY (window_size, window_start, step) NOT ENFORCED
) WITH (${store}, 'table-name' = 'peer_shop_funnel');
