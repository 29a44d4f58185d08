create table protect_release (
  id text primary key,
  entry text not null,
  version text not null,
  version_number bigint not null,
  digest text not null,
  fields text not null,
  uses text not null check (uses in ('Public', 'Controlled')),
  wish text not null,
  roles text not null,
  row_count bigint not null,
  classes bigint not null,
  smallest bigint not null,
  in_small bigint not null,
  level bigint not null check (level between 1 and 4),
  threshold_percent bigint not null check (threshold_percent between 1 and 100),
  threshold_rule text not null,
  passes bigint not null check (passes in (0, 1)),
  made_by text not null,
  made_at bigint not null,
  -- Nothing passes with direct identifiers in it or with a class smaller than the threshold allows.
  check (passes = 0 or (level in (3, 4) and smallest * threshold_percent >= 100))
);
create index protect_release_entry on protect_release (entry, id);
create index protect_release_version on protect_release (version, uses, id);
