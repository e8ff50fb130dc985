-- Who writes. A process that was taken for dead, and is not, must not write over rows of the one that took its place.

create sequence store_writer_terms;

-- One row for each parallel writer of a table; by its term each writer knows whether the seat is still its own.
create table store_writers (
    written     text        not null,
    subtask     integer     not null,
    parallelism integer     not null,
    term        bigint      not null,
    since       timestamptz not null,
    primary key (written, subtask)
);

-- Takes the seat of a writer; returns its term. What the one before is writing at that moment is waited for, and the last.
-- Seats of another parallelism are gone with it: its writers' keys are now others'.
create function become_writer(of_table text, its_subtask integer, its_parallelism integer) returns bigint
    language plpgsql
as
$$
declare
    its_term bigint;
begin
    perform pg_advisory_xact_lock(hashtextextended('millrace: writers of ' || of_table, 0));
    its_term := nextval('store_writer_terms');
    delete from store_writers where written = of_table and parallelism <> its_parallelism;
    insert into store_writers (written, subtask, parallelism, term, since)
    values (of_table, its_subtask, its_parallelism, its_term, clock_timestamp())
    on conflict (written, subtask) do update set parallelism = excluded.parallelism, term = excluded.term, since = excluded.since;
    return its_term;
end
$$;

-- True, and stays so until the transaction ends; an error where another one has taken the seat.
create function still_writer(of_table text, its_subtask integer, its_term bigint) returns boolean
    language plpgsql
as
$$
begin
    perform pg_advisory_xact_lock_shared(hashtextextended('millrace: writers of ' || of_table, 0));
    if not exists (select from store_writers w where w.written = of_table and w.subtask = its_subtask and w.term = its_term) then
        raise exception 'another process writes % since', of_table using errcode = 'MR001';
    end if;
    return true;
end
$$;

comment on table store_writers is 'Whose turn it is to write a table, by parallel writer. Written by the jobs alone.';
comment on column store_writers.written is 'The table that is written.';
comment on column store_writers.subtask is 'Which of its parallel writers, from 0.';
comment on column store_writers.parallelism is 'How many parallel writers there are.';
comment on column store_writers.term is 'The writer''s term: grows with each that takes the seat.';
comment on column store_writers.since is 'When the seat was taken, by the server''s clock.';
comment on function become_writer(text, integer, integer) is
    'Takes the seat of a parallel writer of a table; returns the term. Who had it before can write no more.';
comment on function still_writer(text, integer, bigint) is
    'True where the seat is still that of the term, until the transaction ends; else an error, MR001.';
