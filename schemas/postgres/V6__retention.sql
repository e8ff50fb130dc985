-- The newest window of metric_values may be of today whatever history was loaded: what is counted by arrival (the health of
-- the data) is. Time is counted back from event time where that is behind it.

create or replace function drop_expired_partitions(parent text, keep interval) returns setof text
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
    if newest is null then
        return;
    end if;
    -- Before any writer has told how far event time has come, the newest row alone tells.
    newest := least(newest, (select event_time from event_time));
    -- What may still change stays, and with it the longest window that began before.
    expired := array(
        select name
        from partitions_of(parent)
        where ends <= least(newest - keep, (select hot_since - interval '25 hours' from event_time))
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

comment on function drop_expired_partitions is 'Drops the partitions of metric_values, sessions or recent_events all of whose rows are older than the newest row, or than event time where that is behind it, by more than that, at most 100 at once, and says which: call it until it says none. Not counted from today: history that is loaded stays. What the measure job may still change stays as well.';
