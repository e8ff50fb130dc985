-- What PostgreSQL is to have. Windows start in UTC; an empty text stands for a value that events lack.

create table if not exists peer_events (
    window_size  text,
    window_start timestamp,
    type         text,
    event        text,
    events       bigint not null,
    primary key (window_size, window_start, type, event)
);

create table if not exists peer_people (
    window_size  text,
    window_start timestamp,
    people       bigint not null,
    primary key (window_size, window_start)
);

create table if not exists peer_orders (
    window_size  text,
    window_start timestamp,
    currency     text,
    orders       bigint not null,
    revenue      numeric(38, 6),
    primary key (window_size, window_start, currency)
);

create table if not exists peer_page_views (
    window_size  text,
    window_start timestamp,
    page         text,
    page_views   bigint not null,
    primary key (window_size, window_start, page)
);

create table if not exists peer_shop_funnel (
    window_size  text,
    window_start timestamp,
    step         text,
    people       bigint not null,
    primary key (window_size, window_start, step)
);
