create table share_demand (
  id text primary key,
  number text not null unique,
  what text not null check (what <> ''),
  matter text not null,
  contact text not null,
  wanted_by text,
  origin text not null check (origin in ('Department', 'Company', 'Person', 'Public')),
  demander text,
  demander_agency text,
  bureau text not null,
  proposed text,
  owner text,
  state text not null check (state in ('Filed', 'Accepted', 'Claimed', 'Catalogued', 'Attached', 'Satisfied', 'Refused', 'Merged')),
  declined bigint not null,
  is_reopened bigint not null check (is_reopened in (0, 1)),
  entry text,
  version bigint,
  merged_into text,
  ground text check (ground in ('NotShareable', 'AlreadyThere', 'NobodyHolds', 'Unclear', 'Unusable')),
  basis text not null,
  reason text not null,
  votes bigint not null,
  digest text not null,
  attached_at bigint,
  due_rule text,
  due_at bigint,
  due_provisional bigint not null,
  noticed bigint not null,
  next_notice_at bigint,
  revision bigint not null,
  filed_at bigint not null,
  changed_at bigint not null,
  check (state in ('Filed', 'Accepted', 'Refused', 'Merged') or owner is not null),
  check (state not in ('Catalogued', 'Attached', 'Satisfied') or entry is not null),
  check (state not in ('Attached', 'Satisfied') or (version is not null and attached_at is not null)),
  check ((state = 'Merged') = (merged_into is not null)),
  check ((state = 'Refused') = (ground is not null)),
  check (state <> 'Refused' or reason <> ''),
  check (ground is null or ground <> 'NotShareable' or basis <> ''),
  check (merged_into is null or merged_into <> id),
  check (state not in ('Satisfied', 'Refused', 'Merged') or due_at is null),
  check (demander is not null or demander_agency is null)
);
create unique index share_demand_open on share_demand (bureau, digest) where state in ('Filed', 'Accepted', 'Claimed', 'Catalogued', 'Attached');
create index share_demand_bureau on share_demand (bureau, state, due_at);
create index share_demand_owner on share_demand (owner, state, due_at);
create index share_demand_demander on share_demand (demander, id);
create index share_demand_demander_agency on share_demand (demander_agency, id);
create index share_demand_notice on share_demand (next_notice_at);
create index share_demand_merged on share_demand (merged_into);

create table share_demand_step (
  demand text not null references share_demand (id),
  number bigint not null,
  step text not null,
  from_state text not null,
  to_state text not null,
  actor text not null,
  actor_name text not null,
  agency text,
  owner text,
  reason text not null,
  at bigint not null,
  evidence text not null,
  primary key (demand, number)
);

create table share_demand_vote (
  demand text not null references share_demand (id),
  voter text not null,
  at bigint not null,
  primary key (demand, voter)
);
