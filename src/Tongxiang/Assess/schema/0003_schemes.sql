create table assess_scheme (
  id text primary key,
  name text not null check (length(name) > 0),
  period text not null,
  bureau text not null,
  version bigint not null check (version > 0),
  state text not null check (state in ('Draft', 'Frozen')),
  tree text not null,
  rules text not null,
  digest text not null,
  revision bigint not null,
  made_by text not null,
  made_at bigint not null,
  frozen_at bigint,
  check ((state = 'Frozen') = (frozen_at is not null)),
  unique (bureau, name, period, version)
);
-- One scheme a period: what was measured cannot be measured again by another rule.
create unique index assess_scheme_frozen on assess_scheme (bureau, name, period) where state = 'Frozen';

create table assess_score (
  id text primary key,
  scheme text not null references assess_scheme (id),
  agency text not null,
  issue bigint not null check (issue > 0),
  inputs text not null,
  result text not null,
  rules text not null,
  total text,
  digest text not null,
  made_by text not null,
  made_at bigint not null,
  evidence text not null,
  unique (scheme, agency, issue)
);
create index assess_score_scheme on assess_score (scheme, agency, issue);
