-- The health of identity compares with what was before, as metrics do. Its days are days of UTC, all of them 24 hours long.

create or replace view identity_health as
with counted as (
    select 'profile_merges' as metric, s.window_size, c.window_start, c.window_start + s.length as window_end,
           '{}'::jsonb as dimensions, c.value, c.window_start + s.length <= now() as complete
    from (values ('1h', 'hour', interval '1 hour'), ('1d', 'day', interval '24 hours')) as s (window_size, unit, length)
    cross join lateral (
        select date_trunc(s.unit, merged_at, 'UTC') as window_start, count(*)::double precision as value
        from profile_merges
        group by 1) c
    union all
    select 'refused_links', s.window_size, c.window_start, c.window_start + s.length,
           '{}'::jsonb, c.value, coalesce(c.window_start + s.length <= p.event_time, false)
    from (values ('1h', 'hour', interval '1 hour'), ('1d', 'day', interval '24 hours')) as s (window_size, unit, length)
    cross join event_time p
    cross join lateral (
        select date_trunc(s.unit, first_seen, 'UTC') as window_start, count(*)::double precision as value
        from refused_links
        group by 1) c)
select c.metric, c.window_size, c.window_start, c.window_end, c.dimensions, c.value, c.complete,
       previous.value as previous_value,
       change_percent(c.value, previous.value) as change_percent,
       day_before.value as day_before_value,
       change_percent(c.value, day_before.value) as day_change_percent,
       week_before.value as week_before_value,
       change_percent(c.value, week_before.value) as week_change_percent
from counted c
left join counted previous
    on previous.metric = c.metric and previous.window_size = c.window_size
    and previous.window_end = c.window_start
left join counted day_before
    on day_before.metric = c.metric and day_before.window_size = c.window_size
    and day_before.window_start = c.window_start - interval '24 hours'
left join counted week_before
    on week_before.metric = c.metric and week_before.window_size = c.window_size
    and week_before.window_start = c.window_start - interval '168 hours';

comment on view identity_health is 'In the shape of metric_trend: profile_merges by merged_at, and refused_links by first_seen, in windows of 1h and 1d (UTC). complete: the end of the window has passed, of merges by the clock, of links by event time. Hours without any have no row, and what is compared with them is null. It reads all merges, or all links.';
