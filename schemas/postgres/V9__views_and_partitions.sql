-- Views: what is among the others has not fallen to nothing; no means of nothing; days whose midnight comes twice. Partitions:
-- one that is there without being attached is told.

create or replace function window_start_before(window_start timestamptz, window_size text, time_zone text, days integer)
    returns timestamptz
    language plpgsql immutable strict parallel safe
as
$$
declare
    is_day  boolean := window_size in ('1d', '24h', '1440m');
    wall    timestamp;
    earlier timestamptz;
begin
    if time_zone = 'UTC' then
        return window_start - make_interval(hours => 24 * days);
    end if;
    wall := (window_start at time zone time_zone) - make_interval(days => days);
    if is_day then
        wall := date_trunc('day', wall);
    end if;
    earlier := wall at time zone time_zone;
    -- A time that comes twice: windows begin at the first.
    if (earlier - interval '1 hour') at time zone time_zone = wall then
        return earlier - interval '1 hour';
    end if;
    -- A day whose midnight is skipped begins later.
    return case when is_day or earlier at time zone time_zone = wall then earlier end;
end
$$;

create function is_of_no_sessions(of_metric text, of_size text, of_start timestamptz, of_dimensions jsonb) returns boolean
    language sql stable parallel safe
return exists (
    select
    from metric_values n
    where n.metric = regexp_replace(of_metric, '_(length_seconds|bounce_rate)$', '') and n.metric <> of_metric
      and n.window_size = of_size and n.window_start = of_start and n.dimensions = of_dimensions
      and n.value = 0);

comment on function is_of_no_sessions is 'Whether a row is a mean of sessions of which there are none.';

create or replace view metric_windows as
select v.metric, v.window_size, v.window_start, v.window_end, v.dimensions, v.value,
       v.revision, v.updated_at, v.corrected_at,
       case
           when v.window_end <= p.hot_since then 'past_horizon'
           when s.complete then 'closed'
           else 'open'
       end as window_state,
       s.complete or coalesce(v.window_end <= p.hot_since, false) as complete
from metric_values v
cross join event_time p
left join metric_definitions d on d.metric = v.metric
cross join lateral (
    select settled(v.window_end, coalesce(d.settles_after, '0'), coalesce(d.arrivals, false), p.event_time) as complete) s
-- Of nothing there is no mean: its sessions may have turned out to belong to another window.
where not (v.value = 0 and coalesce(d.aggregate = 'sessions', false)
           and is_of_no_sessions(v.metric, v.window_size, v.window_start, v.dimensions));

comment on view metric_windows is 'metric_values with the state of the window, without means of no sessions. open: it is not complete. closed: it is, and late events, merges and sessions that still go on may correct it. past_horizon: it changes no more. complete: event time (of what is counted by arrival, the clock) is past its end, and settles_after further: all is there but what comes late, and the length of sessions that have not paused since.';

create or replace view metric_trend as
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
      and not (p.value = 0 and coalesce(d.aggregate = 'sessions', false)
               and is_of_no_sessions(p.metric, p.window_size, p.window_start, p.dimensions))
    limit 1) previous on true
left join lateral (
    select p.value
    from metric_values p
    where p.metric = w.metric and p.window_size = w.window_size and p.dimensions = w.dimensions
      and p.window_start = window_start_before(w.window_start, w.window_size, coalesce(d.time_zone, 'UTC'), 1)
      and not (p.value = 0 and coalesce(d.aggregate = 'sessions', false)
               and is_of_no_sessions(p.metric, p.window_size, p.window_start, p.dimensions))
    limit 1) day_before on true
left join lateral (
    select p.value
    from metric_values p
    where p.metric = w.metric and p.window_size = w.window_size and p.dimensions = w.dimensions
      and p.window_start = window_start_before(w.window_start, w.window_size, coalesce(d.time_zone, 'UTC'), 7)
      and not (p.value = 0 and coalesce(d.aggregate = 'sessions', false)
               and is_of_no_sessions(p.metric, p.window_size, p.window_start, p.dimensions))
    limit 1) week_before on true;

create or replace view metric_latest as
with sizes as (
    select d.metric, d.aggregate, d.dimensions, d.time_zone, d.settles_after, d.arrivals, s.window_size
    from metric_definitions d
    cross join unnest(d.windows) as s (window_size)),
keys as (
    select distinct window_size, time_zone, settles_after, arrivals
    from sizes),
-- Of each metric the latest window that is complete for each key of its size and zone.
candidates as materialized (
    select k.window_size, k.time_zone, k.settles_after, k.arrivals, m.metric, own.window_start, own.window_end, p.hot_since
    from keys k
    cross join event_time p
    cross join lateral (select case when k.arrivals then now() else p.event_time end - k.settles_after as passed) c
    join sizes m on m.window_size = k.window_size and m.time_zone = k.time_zone
    cross join lateral (
        select v.window_start, v.window_end
        from metric_values v
        where v.metric = m.metric and v.window_size = k.window_size
          and v.window_start <= c.passed - window_length(k.window_size) + window_stretch(k.window_size)
          and v.window_end <= c.passed
        order by v.window_start desc
        limit 1) own),
latest as (
    select distinct on (window_size, time_zone, settles_after, arrivals) *
    from candidates
    order by window_size, time_zone, settles_after, arrivals, window_start desc),
of_metric as (
    select s.metric, s.aggregate, s.dimensions, s.time_zone, s.window_size, l.window_start, l.window_end, l.hot_since,
           exists (
               select
               from candidates c
               where c.metric = s.metric and c.window_size = s.window_size
                 and c.settles_after = s.settles_after and c.arrivals = s.arrivals) as counted
    from sizes s
    join latest l on l.window_size = s.window_size and l.time_zone = s.time_zone
        and l.settles_after = s.settles_after and l.arrivals = s.arrivals)
select l.metric, l.window_size, t.window_start, t.window_end, t.dimensions, t.value,
       t.revision, t.updated_at, t.corrected_at, t.window_state, t.complete,
       t.previous_value, t.change_percent, t.day_before_value, t.day_change_percent, t.week_before_value, t.week_change_percent
from of_metric l
cross join lateral (
    select *
    from metric_trend w
    where w.metric = l.metric and w.window_size = l.window_size and w.window_start = l.window_start
    offset 0) t
union all
select l.metric, l.window_size, l.window_start, l.window_end, gone.dimensions, 0::double precision,
       0, null, null, case when l.window_end <= l.hot_since then 'past_horizon' else 'closed' end, true,
       gone.value, change_percent(0, gone.value),
       day_before.value, change_percent(0, day_before.value),
       week_before.value, change_percent(0, week_before.value)
from of_metric l
cross join lateral (
    select b.dimensions, b.value
    from (select p.dimensions, p.value
          from metric_values p
          where p.metric = l.metric and p.window_size = l.window_size
            and p.window_start >= l.window_start - (window_length(l.window_size) + window_stretch(l.window_size))
            and p.window_start < l.window_start
            and p.window_end = l.window_start
            and (p.value <> 0 or p.dimensions = '{}')
          union all
          select '{}'::jsonb, null
          where l.dimensions = '{}' and l.counted
            and not exists (
                select
                from metric_values p
                where p.metric = l.metric and p.window_size = l.window_size
                  and p.window_start >= l.window_start - (window_length(l.window_size) + window_stretch(l.window_size))
                  and p.window_start < l.window_start
                  and p.window_end = l.window_start)) b
    where not exists (
        select
        from metric_values v
        where v.metric = l.metric and v.window_size = l.window_size and v.window_start = l.window_start
          and v.dimensions = b.dimensions)
      -- Who is not there may be among the others.
      and not (l.dimensions <> '{}' and exists (
        select
        from metric_values v
        where v.metric = l.metric and v.window_size = l.window_size and v.window_start = l.window_start
          and jsonb_path_exists(v.dimensions, '$.* ? (@ == "(other)")')))
    offset 0) gone
left join lateral (
    select p.value
    from metric_values p
    where p.metric = l.metric and p.window_size = l.window_size and p.dimensions = gone.dimensions
      and p.window_start = window_start_before(l.window_start, l.window_size, l.time_zone, 1)
    limit 1) day_before on true
left join lateral (
    select p.value
    from metric_values p
    where p.metric = l.metric and p.window_size = l.window_size and p.dimensions = gone.dimensions
      and p.window_start = window_start_before(l.window_start, l.window_size, l.time_zone, 7)
    limit 1) week_before on true
-- Of nothing there is no mean.
where l.aggregate <> 'average'
  and not (l.aggregate = 'sessions' and (l.metric like '%\_length\_seconds' or l.metric like '%\_bounce\_rate'));

comment on view metric_latest is 'metric_trend of the latest window that is complete, of each metric and size in metric_definitions: of complete windows the latest that any metric of that size and time zone has a row in. Who has none there, but had one in the window before (or, without dimensions, ever) is there with 0 and updated_at null; means have no such row, nor has a window in which values are under (other).';

create or replace function ensure_partition(parent text, at timestamptz) returns void
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
    if exists (select from pg_inherits where inhparent = to_regclass(parent) and inhrelid = to_regclass(partition)) then
        return;
    end if;
    -- One at a time, or two would create the same table. It is the lock that attaching takes: reading and writing go on.
    execute format('lock table only %I in share update exclusive mode', parent);
    if exists (select from pg_inherits where inhparent = to_regclass(parent) and inhrelid = to_regclass(partition)) then
        return;
    end if;
    if to_regclass(partition) is not null then
        raise exception 'ensure_partition: % is there, but not attached to %: attach, rename or drop it', partition, parent
            using errcode = 'duplicate_table'; -- Who writes waits for that.
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
