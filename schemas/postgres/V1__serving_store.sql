-- The serving store: what dashboards read. Tables are contracts: columns are added, never renamed.

create table metric_values (
    metric       text             not null,
    window_size  text             not null,
    window_start timestamptz      not null,
    dimensions   jsonb            not null,
    value        double precision not null,
    revision     integer          not null,
    updated_at   timestamptz      not null,
    corrected_at timestamptz,
    primary key (metric, window_size, window_start, dimensions)
);

create index metric_values_by_time on metric_values (window_start, metric, window_size);

comment on table metric_values is 'One row a metric, window and combination of dimensions; absolute values, written by the measure job.';
comment on column metric_values.metric is 'Name in the metric catalogue.';
comment on column metric_values.window_size is 'As the catalogue names it: 1m, 1h, 1d.';
comment on column metric_values.window_start is 'Start of the window in event time, inclusive; it ends one window_size later, exclusive.';
comment on column metric_values.dimensions is 'JSON object, dimension to value; {} for a metric without dimensions. A value that events lack is null.';
comment on column metric_values.value is 'The value as of updated_at; what events in the window add up to so far.';
comment on column metric_values.revision is 'How often the value was corrected: written again after event time had passed the end of the window.';
comment on column metric_values.updated_at is 'When the measure job last wrote the row, by its clock.';
comment on column metric_values.corrected_at is 'When the value was last corrected; null: never.';
