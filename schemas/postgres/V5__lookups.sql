-- What is looked up by equality alone: a hash index takes a new row for two thirds of what a B-tree of texts takes. Built
-- beside the old ones, so that only writers wait meanwhile, and readers at the end.

create index identifiers_by_profile_hash on identifiers using hash (profile_id);
create index identity_links_by_b_hash on identity_links using hash (b);
create index profile_merges_by_into_hash on profile_merges using hash (into_profile_id);

drop index identifiers_by_profile;
drop index identity_links_by_b;
drop index profile_merges_by_into;

alter index identifiers_by_profile_hash rename to identifiers_by_profile;
alter index identity_links_by_b_hash rename to identity_links_by_b;
alter index profile_merges_by_into_hash rename to profile_merges_by_into;
