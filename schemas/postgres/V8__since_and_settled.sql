-- Since when rows count all there is; when a window is settled, by event time or by the clock; and rows that fell to nothing.

create table counted_since (
    rows_of text        primary key,
    since   timestamptz not null
);

comment on table counted_since is 'Rows that were begun while the measure job was running, and know nothing of earlier events: it goes on from a savepoint with another catalogue. What has no row here counts all that there was when the job began without state. Written by the measure job when it starts.';
comment on column counted_since.rows_of is 'metric and its name in the catalogue, or table sessions.';
comment on column counted_since.since is 'When the savepoint was taken that it went on from, by the job''s clock: events that had arrived before may not be in these rows, nor in windows that they fall into.';

alter table metric_definitions
    add column settles_after interval not null default '0',
    add column arrivals boolean not null default false;

comment on column metric_definitions.settles_after is 'How much longer than to its end a window is waited for: what began within it may go on, a funnel for its within, a session for its gap, or longer where somebody never pauses: its length may still grow then.';
comment on column metric_definitions.arrivals is 'Whether it counts by when something arrived, so that the clock says how far its windows have come.';
comment on column recent_events.event is 'Name of a track event, a page or a screen; null: it has none.';

-- What is behind a window's end when it is complete.
create function settled(window_end timestamptz, settles_after interval, arrivals boolean, event_time timestamptz)
    returns boolean
    language sql stable parallel safe
return coalesce(window_end + settles_after <= case when arrivals then now() else event_time end, false);

comment on function settled is 'Whether a window is complete: event time (of what is counted by arrival: the clock) is past its end, and past what may go on from there.';

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
    select settled(v.window_end, coalesce(d.settles_after, '0'), coalesce(d.arrivals, false), p.event_time) as complete) s;

comment on view metric_windows is 'metric_values with the state of the window. open: it is not complete. closed: it is, and late events, merges and sessions that still go on may correct it. past_horizon: it changes no more. complete: event time (of what is counted by arrival, the clock) is past its end, and settles_after further: all is there but what comes late, and the length of sessions that have not paused since.';
comment on column metric_values.revision is 'How often the value, or one that is worked out with it, was corrected: written again after its window was complete.';
comment on column event_time_progress.event_time is 'No event before this is expected: windows that end by then, and settles_after earlier, are complete but for late events. Told some seconds after it was reached, when rows of before are on their way.';

-- The latest complete window is that in which any metric of its size and zone has a row: where a metric has none in it, but had
-- one in the window before, it fell to nothing, and that is told. Each is one step down the index and not a look at all
-- windows: "offset 0" keeps the planner from turning that around.
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

comment on view metric_latest is 'metric_trend of the latest window that is complete, of each metric and size in metric_definitions: of complete windows the latest that any metric of that size and time zone has a row in. Who has none there, but had one in the window before (or, without dimensions, ever) is there with 0 and updated_at null; means have no such row.';

create or replace view metric_running as
select d.metric, s.window_size, t.window_start, t.window_end, t.dimensions, t.value,
       t.revision, t.updated_at, t.corrected_at, t.window_state, t.complete,
       t.previous_value, t.change_percent, t.day_before_value, t.day_change_percent, t.week_before_value, t.week_change_percent
from metric_definitions d
cross join unnest(d.windows) as s (window_size)
cross join event_time p
cross join lateral (select case when d.arrivals then now() else p.event_time end as time) c
cross join lateral (
    select *
    from metric_trend w
    where w.metric = d.metric and w.window_size = s.window_size
      and w.window_start > c.time - (window_length(s.window_size) + window_stretch(s.window_size))
      and w.window_start <= c.time
      and w.window_end > c.time
    offset 0) t;

comment on view metric_running is 'metric_trend of the window that event time (of what is counted by arrival, the clock) is in, of each metric and size in metric_definitions; several where windows overlap.';
