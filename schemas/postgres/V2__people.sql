-- People: which identifiers there are, what links them, and which profile each belongs to.

create table identifiers (
    identifier    text        primary key,
    profile_id    text        not null,
    first_seen    timestamptz not null,
    last_seen     timestamptz not null,
    since         timestamptz not null,
    links_limited boolean     not null default false
) with (fillfactor = 80); -- last_seen changes often, and no index knows it: new versions of a row fit beside the old.

create index identifiers_by_profile on identifiers (profile_id);

create table identity_links (
    a          text        not null,
    b          text        not null,
    first_seen timestamptz not null,
    primary key (a, b),
    check (a <> b)
);

create index identity_links_by_b on identity_links (b);

create table profile_merges (
    profile_id      text        not null,
    into_profile_id text        not null,
    a               text        not null,
    b               text        not null,
    link_first_seen timestamptz not null,
    merged_at       timestamptz not null,
    primary key (profile_id, into_profile_id, a, b)
);

create index profile_merges_by_into on profile_merges (into_profile_id);

create table identifier_traits (
    identifier text        not null,
    trait      text        not null,
    value      jsonb       not null,
    event_time timestamptz not null,
    primary key (identifier, trait)
) with (fillfactor = 80);

-- Which links joined, and which did not: mostly so that two known people stay two.
create view identity_link_decisions as
select l.a, l.b, l.first_seen, x.profile_id as a_profile_id, y.profile_id as b_profile_id,
       x.profile_id = y.profile_id as accepted
from identity_links l
join identifiers x on x.identifier = l.a
join identifiers y on y.identifier = l.b;

create view refused_links as
select a, b, first_seen, a_profile_id, b_profile_id
from identity_link_decisions
where not accepted;

create view profiles as
select i.profile_id, min(i.first_seen) as first_seen, max(i.last_seen) as last_seen, count(*) as identifiers,
       (select coalesce(jsonb_object_agg(latest.trait, latest.value), '{}')
        from (select distinct on (t.trait) t.trait, t.value
              from identifiers j
              join identifier_traits t on t.identifier = j.identifier
              where j.profile_id = i.profile_id
              order by t.trait, t.event_time desc, t.value::text collate "C" desc) latest) as traits
from identifiers i
group by i.profile_id;

comment on table identifiers is 'One row an identifier, written by the measure job from what the stitch job decided.';
comment on column identifiers.identifier is 'type:value, as in user_id:42; email addresses and phone numbers as keyed hashes.';
comment on column identifiers.profile_id is 'The person it belongs to: a UUID.';
comment on column identifiers.first_seen is 'Earliest event time at which it was seen.';
comment on column identifiers.last_seen is 'Latest event time at which it was seen as the leaf of an event, or with a new link; events are known at their leaf alone. Up to measure.people_interval (of event time) earlier than true.';
comment on column identifiers.since is 'Event time from which on it belongs to its profile: that of the link that brought it there.';
comment on column identifiers.links_limited is 'Whether it has as many links as its type may have, and takes no more.';
comment on table identity_links is 'Two identifiers that were seen in one event: the identity graph, explicit. One row a pair.';
comment on column identity_links.a is 'The lesser of the two identifiers (by code unit).';
comment on column identity_links.b is 'The greater of the two.';
comment on column identity_links.first_seen is 'Earliest event time at which both were seen in one event.';
comment on table profile_merges is 'Which profile went into which, because of which link: a log, in the order of arrival.';
comment on column profile_merges.profile_id is 'The profile that is no more.';
comment on column profile_merges.into_profile_id is 'The profile that its leader went to; that may have gone into another since.';
comment on column profile_merges.a is 'The lesser identifier of the link that joined them.';
comment on column profile_merges.b is 'The greater one.';
comment on column profile_merges.link_first_seen is 'Event time of that link.';
comment on column profile_merges.merged_at is 'When the measure job first wrote the row, by its clock.';
comment on table identifier_traits is 'What identify calls said, a trait of an identifier; the latest event time wins, of values said at one time the greater text.';
comment on column identifier_traits.identifier is 'The leaf of the call.';
comment on column identifier_traits.trait is 'Name of the trait: a member of the call''s traits, not of what is nested in them.';
comment on column identifier_traits.value is 'Its value; JSON null where the call said null.';
comment on column identifier_traits.event_time is 'When it was said.';
comment on view identity_link_decisions is 'Every link with both ends'' profiles: accepted where they are the same. Not accepted where merge protection keeps two people apart; also where max_links at the far end or max_path has cut the link, and for a moment while its two ends are being told. A link that the leaf of its event refused for max_links is not among them: only identifiers.links_limited of the leaf tells.';
comment on view refused_links is 'Links that did not join: who, through what, since when. Mostly those of merge protection; identity_link_decisions says which others, and which are in neither.';
comment on view profiles is 'One row a person: first and last seen, traits merged over their identifiers (latest event time wins), number of identifiers.';
