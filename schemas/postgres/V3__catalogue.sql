-- The metric catalogue: metrics with their windows' state and trend, sessions, journeys, and what keeps all of them small.

-- Partitions. They are made on demand, by whoever is about to write a month or a day for the first time.

create function ensure_partition(parent text, at timestamptz) returns void
    language plpgsql
    -- Bounds are read back as they were written.
    set timezone = 'UTC'
    set datestyle = 'ISO'
as
$$
declare
    unit      text := case parent
                          when 'metric_values' then 'month'
                          when 'sessions' then 'day'
                          when 'recent_events' then 'day'
                      end;
    start     timestamptz;
    partition text;
begin
    if unit is null then
        raise exception 'ensure_partition: % is none of metric_values, sessions, recent_events', parent
            using errcode = 'invalid_parameter_value';
    end if;
    if at is null or at < '0001-01-01' or at >= '10000-01-01' then
        raise exception 'ensure_partition: % is no time in the years 1 to 9999', at
            using errcode = 'invalid_parameter_value';
    end if;
    start := date_trunc(unit, at, 'UTC');
    partition := parent || to_char(start, case unit when 'month' then '"_y"YYYY"m"MM' else '"_y"YYYY"m"MM"d"DD' end);
    if to_regclass(partition) is not null then
        return;
    end if;
    -- One at a time, or two would create the same table. It is the lock that attaching takes: reading and writing go on.
    execute format('lock table only %I in share update exclusive mode', parent);
    if to_regclass(partition) is not null then
        return;
    end if;
    -- Attached, not "create table ... partition of": that would wait for all who read or write the parent, and hold up
    -- all who come after.
    execute format(
        'create table %I (like %I including defaults including constraints including statistics) with (fillfactor = %s)',
        partition, parent, case parent when 'recent_events' then 100 else 80 end);
    execute format(
        'alter table %I attach partition %I for values from (%L) to (%L)',
        parent, partition, start, start + ('1 ' || unit)::interval);
end
$$;

-- Metrics, by month. What was there moves; windows of the first two versions are tumbling.

alter table metric_values rename to metric_values_before;
alter table metric_values_before rename constraint metric_values_pkey to metric_values_before_pkey;
drop index metric_values_by_time;

create table metric_values (
    metric       text             not null,
    window_size  text             not null,
    window_start timestamptz      not null,
    window_end   timestamptz      not null,
    dimensions   jsonb            not null,
    value        double precision not null,
    revision     integer          not null,
    updated_at   timestamptz      not null,
    corrected_at timestamptz,
    primary key (metric, window_size, window_start, dimensions)
) partition by range (window_start);

create index metric_values_by_time on metric_values (window_start);

-- Which sizes a metric has: they are not independent, and would be taken for it.
create statistics metric_values_sizes (dependencies, mcv) on metric, window_size from metric_values;

select ensure_partition('metric_values', month)
from (select distinct date_trunc('month', window_start, 'UTC') as month from metric_values_before) months;

insert into metric_values
    (metric, window_size, window_start, window_end, dimensions, value, revision, updated_at, corrected_at)
select v.metric, v.window_size, v.window_start, w.window_end, v.dimensions, v.value, v.revision, v.updated_at, v.corrected_at
from metric_values_before v
join (select metric, window_size, window_start,
             case
                 -- A day has 23 or 25 hours where the clock changes; where the next one is there, it says so.
                 when length >= interval '24 hours' and following <= window_start + interval '25 hours' then following
                 else window_start + length
             end as window_end
      from (select distinct metric, window_size, window_start,
                   make_interval(mins => left(window_size, -1)::integer
                       * case right(window_size, 1) when 'm' then 1 when 'h' then 60 else 1440 end) as length,
                   lead(window_start) over (partition by metric, window_size order by window_start) as following
            from (select distinct metric, window_size, window_start from metric_values_before) starts) sized) w
    on w.metric = v.metric and w.window_size = v.window_size and w.window_start = v.window_start;

drop table metric_values_before;

-- Which metrics there are, and how far event time has come: what views need besides the values.

create table metric_definitions (
    metric      text        primary key,
    description text,
    owner       text,
    aggregate   text        not null,
    windows     text[]      not null,
    dimensions  text[]      not null,
    time_zone   text        not null,
    updated_at  timestamptz not null
);

create table event_time_progress (
    writer     text        primary key,
    event_time timestamptz not null,
    hot_since  timestamptz,
    updated_at timestamptz not null
) with (fillfactor = 50);

-- Sessions and events of people, by day.

create table sessions (
    profile_id   text           not null,
    started_at   timestamptz    not null,
    ended_at     timestamptz    not null,
    source       text,
    campaign     text,
    landing_page text,
    exit_page    text,
    events       integer        not null,
    orders       integer        not null default 0,
    revenue      numeric(20, 6) not null default 0,
    updated_at   timestamptz    not null,
    primary key (profile_id, started_at)
) partition by range (started_at);

create index sessions_by_start on sessions (started_at desc);

create table recent_events (
    identifier    text        not null,
    event_time    timestamptz not null,
    raw_topic     text        not null,
    raw_partition integer     not null,
    raw_offset    bigint      not null,
    type          text        not null,
    event         text,
    source        text,
    campaign      text,
    page          text,
    primary key (identifier, event_time, raw_topic, raw_partition, raw_offset)
) partition by range (event_time);

-- A person's events are those of their identifiers as they are now: a merge rewrites nothing here.
create view journeys as
select i.profile_id, e.event_time, e.identifier, e.type, e.event, e.source, e.campaign, e.page,
       e.raw_topic, e.raw_partition, e.raw_offset,
       row_number() over (
           partition by i.profile_id
           order by e.event_time desc, e.raw_topic desc, e.raw_partition desc, e.raw_offset desc) as number
from identifiers i
join recent_events e on e.identifier = i.identifier;

-- Metrics as dashboards want them.

-- 5m/1m: five minutes. A day counts 24 hours here.
create function window_length(window_size text) returns interval
    language sql immutable strict parallel safe
return make_interval(mins => left(split_part(window_size, '/', 1), -1)::integer
    * case right(split_part(window_size, '/', 1), 1) when 'm' then 1 when 'h' then 60 else 1440 end);

-- How much a window may be longer than window_length, where the clock is put back within it. None whose hops are an hour
-- or less: WindowSize.java has the rule.
create function window_stretch(window_size text) returns interval
    language sql immutable strict parallel safe
return case
    when window_length(split_part(window_size, '/', greatest(1, length(window_size) - length(replace(window_size, '/', '')) + 1)))
         <= interval '1 hour' then interval '0'
    else interval '2 hours'
end;

-- The same window some days earlier, by the clock of that zone; null where the clock skipped that time on that day.
create function window_start_before(window_start timestamptz, window_size text, time_zone text, days integer)
    returns timestamptz
    language plpgsql immutable strict parallel safe
as
$$
declare
    wall    timestamp;
    earlier timestamptz;
begin
    if time_zone = 'UTC' then
        return window_start - make_interval(hours => 24 * days);
    end if;
    wall := (window_start at time zone time_zone) - make_interval(days => days);
    if window_size in ('1d', '24h', '1440m') then
        -- A day whose midnight is skipped begins later.
        return date_trunc('day', wall) at time zone time_zone;
    end if;
    earlier := wall at time zone time_zone;
    -- A time that comes twice: windows begin at the first.
    if (earlier - interval '1 hour') at time zone time_zone = wall then
        return earlier - interval '1 hour';
    end if;
    return case when earlier at time zone time_zone = wall then earlier end;
end
$$;

create function change_percent(value double precision, earlier double precision) returns double precision
    language sql immutable parallel safe
return 100 * (value - earlier) / abs(nullif(earlier, 0));

-- How far all writers have come. hot_since is known when all of them know it.
create view event_time as
select min(event_time) as event_time,
       case when bool_and(hot_since is not null) then min(hot_since) end as hot_since
from event_time_progress;

create view metric_windows as
select v.metric, v.window_size, v.window_start, v.window_end, v.dimensions, v.value,
       v.revision, v.updated_at, v.corrected_at,
       case
           when v.window_end <= p.hot_since then 'past_horizon'
           when v.window_end <= p.event_time then 'closed'
           else 'open'
       end as window_state,
       coalesce(v.window_end <= p.event_time, false) as complete
from metric_values v
cross join event_time p;

create view metric_trend as
select w.metric, w.window_size, w.window_start, w.window_end, w.dimensions, w.value,
       w.revision, w.updated_at, w.corrected_at, w.window_state, w.complete,
       previous.value as previous_value,
       change_percent(w.value, previous.value) as change_percent,
       day_before.value as day_before_value,
       change_percent(w.value, day_before.value) as day_change_percent,
       week_before.value as week_before_value,
       change_percent(w.value, week_before.value) as week_change_percent
from metric_windows w
left join metric_definitions d on d.metric = w.metric
-- Three lookups a row, whatever the planner believes: a dashboard asks for few rows of many. Each finds one at most.
left join lateral (
    -- The range is for the index, which has no ends.
    select p.value
    from metric_values p
    where p.metric = w.metric and p.window_size = w.window_size and p.dimensions = w.dimensions
      and p.window_start >= w.window_start - (window_length(w.window_size) + window_stretch(w.window_size))
      and p.window_start < w.window_start
      and p.window_end = w.window_start
    limit 1) previous on true
left join lateral (
    select p.value
    from metric_values p
    where p.metric = w.metric and p.window_size = w.window_size and p.dimensions = w.dimensions
      and p.window_start = window_start_before(w.window_start, w.window_size, coalesce(d.time_zone, 'UTC'), 1)
    limit 1) day_before on true
left join lateral (
    select p.value
    from metric_values p
    where p.metric = w.metric and p.window_size = w.window_size and p.dimensions = w.dimensions
      and p.window_start = window_start_before(w.window_start, w.window_size, coalesce(d.time_zone, 'UTC'), 7)
    limit 1) week_before on true;

-- Of each metric and size that the definitions name, one step down the index and not a look at all windows: "offset 0" keeps
-- the planner from turning that around.
create view metric_latest as
select d.metric, s.window_size, t.window_start, t.window_end, t.dimensions, t.value,
       t.revision, t.updated_at, t.corrected_at, t.window_state, t.complete,
       t.previous_value, t.change_percent, t.day_before_value, t.day_change_percent, t.week_before_value, t.week_change_percent
from metric_definitions d
cross join unnest(d.windows) as s (window_size)
cross join event_time p
cross join lateral (
    select v.window_start
    from metric_values v
    where v.metric = d.metric and v.window_size = s.window_size
      and v.window_start <= p.event_time - window_length(s.window_size) + window_stretch(s.window_size)
      and v.window_end <= p.event_time
    order by v.window_start desc
    limit 1) latest
cross join lateral (
    select *
    from metric_trend w
    where w.metric = d.metric and w.window_size = s.window_size and w.window_start = latest.window_start
    offset 0) t;

create view metric_running as
select d.metric, s.window_size, t.window_start, t.window_end, t.dimensions, t.value,
       t.revision, t.updated_at, t.corrected_at, t.window_state, t.complete,
       t.previous_value, t.change_percent, t.day_before_value, t.day_change_percent, t.week_before_value, t.week_change_percent
from metric_definitions d
cross join unnest(d.windows) as s (window_size)
cross join event_time p
cross join lateral (
    select *
    from metric_trend w
    where w.metric = d.metric and w.window_size = s.window_size
      and w.window_start > p.event_time - (window_length(s.window_size) + window_stretch(s.window_size))
      and w.window_start <= p.event_time
      and w.window_end > p.event_time
    offset 0) t;

-- Identity as metrics: what was joined and what was not, by hour and by day (UTC).
create view identity_health as
select 'profile_merges' as metric, s.window_size, c.window_start, c.window_start + s.length as window_end,
       '{}'::jsonb as dimensions, c.value
from (values ('1h', 'hour', interval '1 hour'), ('1d', 'day', interval '24 hours')) as s (window_size, unit, length)
cross join lateral (
    select date_trunc(s.unit, merged_at, 'UTC') as window_start, count(*)::double precision as value
    from profile_merges
    group by 1) c
union all
select 'refused_links', s.window_size, c.window_start, c.window_start + s.length, '{}'::jsonb, c.value
from (values ('1h', 'hour', interval '1 hour'), ('1d', 'day', interval '24 hours')) as s (window_size, unit, length)
cross join lateral (
    select date_trunc(s.unit, first_seen, 'UTC') as window_start, count(*)::double precision as value
    from refused_links
    group by 1) c;

-- What keeps the store small.

create function partitions_of(parent text) returns table (name text, begins timestamptz, ends timestamptz)
    language sql stable
    set timezone = 'UTC'
    set datestyle = 'ISO'
as
$$
select name, bounds[1]::timestamptz, bounds[2]::timestamptz
from (select c.relname::text as name,
             regexp_match(pg_get_expr(c.relpartbound, c.oid), 'FROM \(''(.+)''\) TO \(''(.+)''\)') as bounds
      from pg_inherits i
      join pg_class c on c.oid = i.inhrelid
      where i.inhparent = to_regclass(parent)) p
order by 2
$$;

create function drop_expired_partitions(parent text, keep interval) returns setof text
    language plpgsql
    -- Who reads or writes for long is not waited for: all who come after would wait as well.
    set lock_timeout = '5s'
as
$$
declare
    newest    timestamptz;
    partition text;
    filled    boolean;
    expired   text[];
begin
    if keep is null or keep <= interval '0' then
        raise exception 'drop_expired_partitions: rows can''t be kept for %', keep
            using errcode = 'invalid_parameter_value';
    end if;
    perform pg_advisory_xact_lock(hashtextextended('millrace: drop_expired_partitions', 0));
    case parent
        when 'metric_values' then
            newest := (select max(window_start) from metric_values);
        when 'sessions' then
            newest := (select max(started_at) from sessions);
        when 'recent_events' then
            -- No index knows the newest; the day it is in says enough.
            for partition, newest in select name, begins from partitions_of(parent) order by begins desc loop
                execute format('select exists (select from %I)', partition) into filled;
                exit when filled;
                newest := null;
            end loop;
        else
            raise exception 'drop_expired_partitions: % is none of metric_values, sessions, recent_events', parent
                using errcode = 'invalid_parameter_value';
    end case;
    -- What may still change stays, and with it the longest window that began before.
    expired := array(
        select name
        from partitions_of(parent)
        where ends <= least(newest - keep, (select hot_since - interval '25 hours' from event_time))
          and newest is not null
        order by begins
        -- Each takes locks, of which there are only so many.
        limit 100);
    if cardinality(expired) = 0 then
        return;
    end if;
    -- The parent first: who holds a partition holds the parent already, so that nobody waits for one who waits for them.
    execute format('lock table only %I in access exclusive mode', parent);
    foreach partition in array expired loop
        execute format('drop table %I', partition);
        return next partition;
    end loop;
end
$$;

-- How many rows each partition had been given when journeys were last trimmed, by PostgreSQL's own count.
create table trimmed_partitions (
    partition   oid     primary key,
    inserted    bigint  not null,
    keep_events integer not null
);

create function trim_journeys(keep_events integer) returns bigint
    language plpgsql
as
$$
declare
    given   jsonb;
    crowded text[];
    deleted bigint;
begin
    if keep_events is null or keep_events < 1 then
        raise exception 'trim_journeys: % is no number of events to keep', keep_events
            using errcode = 'invalid_parameter_value';
    end if;
    perform pg_advisory_xact_lock(hashtextextended('millrace: trim_journeys', 0));
    -- Before a row is read: what comes meanwhile is left for the next time.
    select coalesce(jsonb_object_agg(i.inhrelid::text, pg_stat_get_tuples_inserted(i.inhrelid)), '{}')
    into given
    from pg_inherits i
    where i.inhparent = 'recent_events'::regclass;
    if not exists (
        select
        from jsonb_each_text(given) g
        left join trimmed_partitions t on t.partition = g.key::oid
        where (t.inserted, t.keep_events) is distinct from (g.value::bigint, trim_journeys.keep_events))
    then
        return 0;
    end if;
    crowded := array(
        select identifier
        from recent_events
        group by identifier
        having count(*) > trim_journeys.keep_events);
    delete from recent_events r
    using unnest(crowded) as c (identifier)
    cross join lateral (
        select e.event_time, e.raw_topic, e.raw_partition, e.raw_offset
        from recent_events e
        where e.identifier = c.identifier
        order by e.event_time desc, e.raw_topic desc, e.raw_partition desc, e.raw_offset desc
        offset trim_journeys.keep_events - 1
        limit 1) oldest
    where r.identifier = c.identifier
      and (r.event_time, r.raw_topic, r.raw_partition, r.raw_offset)
          < (oldest.event_time, oldest.raw_topic, oldest.raw_partition, oldest.raw_offset);
    get diagnostics deleted = row_count;
    delete from trimmed_partitions;
    insert into trimmed_partitions
    select g.key::oid, g.value::bigint, trim_journeys.keep_events
    from jsonb_each_text(given) g;
    return deleted;
end
$$;

comment on function ensure_partition is 'Creates the month of metric_values, or the day of sessions or recent_events, that a time is in (UTC), unless it is there: metric_values_y2026m11, sessions_y2026m11d21. Any number may call it at once. Call it before the first write of a transaction, best in one of its own: it keeps others who need a new partition waiting until the transaction ends.';
comment on table metric_values is 'One row a metric, window and combination of dimensions; absolute values, written by the measure job. Partitioned by month of window_start, UTC.';
comment on column metric_values.metric is 'Name in the metric catalogue, or with what it adds where a metric has several: sessions_bounce_rate.';
comment on column metric_values.window_size is 'As the catalogue names it: 1m, 1h, 1d; 5m/1m: five minutes, one every minute.';
comment on column metric_values.window_start is 'Start of the window in event time, inclusive.';
comment on column metric_values.window_end is 'Its end, exclusive.';
comment on column metric_values.dimensions is 'JSON object, dimension to value; {} for a metric without dimensions. A value that events lack is null; values beyond max_values are (other).';
comment on column metric_values.value is 'The value as of updated_at; what events in the window add up to so far.';
comment on column metric_values.revision is 'How often the value was corrected: written again after event time had passed the end of the window.';
comment on column metric_values.updated_at is 'When the measure job last wrote the row, by its clock.';
comment on column metric_values.corrected_at is 'When the value was last corrected; null: never.';
comment on column identifiers.last_seen is 'Latest event time at which it was seen as the leaf of an event, or with a new link; events are known at their leaf alone. Up to measure.people_interval (of event time) earlier than true.';
comment on table metric_definitions is 'The metric catalogue, a row a metric that has rows in metric_values; written by the measure job when it starts.';
comment on column metric_definitions.metric is 'As in metric_values: one configured metric may have several, as sessions, sessions_length_seconds and sessions_bounce_rate.';
comment on column metric_definitions.description is 'What it says, in the words of the configuration.';
comment on column metric_definitions.owner is 'Who answers for it, in the words of the configuration.';
comment on column metric_definitions.aggregate is 'count, sum, average, unique_profiles, new_profiles, sessions or funnel.';
comment on column metric_definitions.windows is 'The sizes of its windows, as in metric_values.window_size.';
comment on column metric_definitions.dimensions is 'Names of its dimensions, in the order of the configuration.';
comment on column metric_definitions.time_zone is 'Zone that its windows are aligned to, and by whose clock a day is a day.';
comment on column metric_definitions.updated_at is 'When the measure job last wrote the row, by its clock.';
comment on table event_time_progress is 'How far event time has come, a row a parallel writer of the measure job.';
comment on column event_time_progress.writer is 'Which one.';
comment on column event_time_progress.event_time is 'No event before this is expected: windows that end by then are complete but for late events.';
comment on column event_time_progress.hot_since is 'Windows that end by then change no more; null while that is not known.';
comment on column event_time_progress.updated_at is 'When it was written, by the job''s clock.';
comment on table sessions is 'One row a session of a person, over all their identifiers; written by the measure job, and again when a merge or a late event changes it. Partitioned by day of started_at, UTC.';
comment on column sessions.profile_id is 'The person.';
comment on column sessions.started_at is 'Event time of its first event.';
comment on column sessions.ended_at is 'Event time of its last event so far.';
comment on column sessions.source is 'Source of the first event; null: it has none.';
comment on column sessions.campaign is 'Campaign of the first event; null: it has none.';
comment on column sessions.landing_page is 'The first page; null: none.';
comment on column sessions.exit_page is 'The last page so far; null: none.';
comment on column sessions.events is 'How many events.';
comment on column sessions.orders is 'How many of them are orders.';
comment on column sessions.revenue is 'What the orders add up to, in the units of the events; 0 without any.';
comment on column sessions.updated_at is 'When the measure job last wrote the row, by its clock.';
comment on table recent_events is 'The latest events of each identifier, in short; the whole ones are in cold storage at the same coordinates. Partitioned by day of event_time, UTC.';
comment on column recent_events.identifier is 'The leaf of the event: type:value, as in identifiers.';
comment on column recent_events.event_time is 'When it happened.';
comment on column recent_events.raw_topic is 'The raw topic it came in by.';
comment on column recent_events.raw_partition is 'Partition of the raw topic.';
comment on column recent_events.raw_offset is 'Offset in that partition.';
comment on column recent_events.type is 'track, page, screen, identify, group or alias.';
comment on column recent_events.event is 'Name of a track event; null for others.';
comment on column recent_events.source is 'Where it came from; null: not said.';
comment on column recent_events.campaign is 'Campaign; null: none.';
comment on column recent_events.page is 'Page; null: none.';
comment on table trimmed_partitions is 'Of trim_journeys alone: what it had seen when it last looked.';
comment on column trimmed_partitions.partition is 'A partition of recent_events.';
comment on column trimmed_partitions.inserted is 'How many rows it had been given.';
comment on column trimmed_partitions.keep_events is 'How many events an identifier were kept.';
comment on view journeys is 'The latest events of a person, over all identifiers that are theirs now; number 1 is the latest. For one person: where profile_id = … order by event_time desc limit 50.';
comment on view event_time is 'One row: how far all writers of the measure job have come. Nulls before any has written.';
comment on view metric_windows is 'metric_values with the state of the window. open: event time has not passed its end. closed: it has, and late events and merges may still correct it. past_horizon: it changes no more. complete: not open.';
comment on view metric_trend is 'metric_windows with the value of the previous window (the one that ends where this begins), and of the same window a day and a week before by the clock of the metric''s time zone, each with the same dimensions; null where there is none. Changes are in per cent of the earlier value, and null where that is missing or 0: nothing is no measure of growth. A window that is open is compared with whole ones.';
comment on view metric_latest is 'metric_trend of the latest window that is complete and has rows, of each metric and size in metric_definitions.';
comment on view metric_running is 'metric_trend of the window that event time is in, of each metric and size in metric_definitions; several where windows overlap.';
comment on view identity_health is 'In the shape of metric_values: profile_merges by merged_at, and refused_links by first_seen, in windows of 1h and 1d (UTC). Hours without any have no row. It reads all merges, or all links.';
comment on function window_length is 'How long a window of that size is where no clock changes.';
comment on function window_stretch is 'How much longer one may be where the clock is put back.';
comment on function window_start_before is 'Start of the same window some days earlier by the clock of a zone; null where that time was skipped on that day.';
comment on function change_percent is 'How much more a value is than an earlier one, in per cent of that; null where that is null or 0.';
comment on function partitions_of is 'The partitions of a table, the earliest first: begin inclusive, end exclusive.';
comment on function drop_expired_partitions is 'Drops the partitions of metric_values, sessions or recent_events all of whose rows are older than the newest row by more than that, at most 100 at once, and says which: call it until it says none. Counted from the newest row and not from today: history that is loaded stays. What the measure job may still change stays as well.';
comment on function trim_journeys is 'Deletes all but so many of the latest events of each identifier from recent_events, and says how many rows that were. Where nothing was written since the last time, by PostgreSQL''s statistics, which may be seconds behind, it looks at none.';
