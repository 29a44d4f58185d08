-- More roles: the check of a table cannot be changed in place on both stores.
create table agencies_role_next (
  person text not null references agencies_person (id),
  role text not null check (role in ('Steward', 'SharingOfficeHead', 'AgencyHead', 'BureauReviewer', 'BureauHead', 'SystemAdmin', 'SecurityAdmin',
    'AuditAdmin', 'Operative', 'Expert', 'Vendor', 'CompanyUser', 'Citizen', 'Broker', 'CyberspaceInspector', 'SecrecyInspector', 'AuditInspector')),
  given_by text not null,
  given_at bigint not null,
  primary key (person, role)
);
insert into agencies_role_next (person, role, given_by, given_at) select person, role, given_by, given_at from agencies_role;
drop table agencies_role;
alter table agencies_role_next rename to agencies_role;

-- One row a person for good: who was one of the three administrators never becomes another.
create table agencies_administrator (
  person text primary key references agencies_person (id),
  role text not null check (role in ('SystemAdmin', 'SecurityAdmin', 'AuditAdmin')),
  since_at bigint not null
);
insert into agencies_administrator (person, role, since_at)
select person, min(role), min(given_at) from agencies_role where role in ('SystemAdmin', 'SecurityAdmin', 'AuditAdmin') group by person;

create table agencies_role_change (
  id text primary key,
  person text not null references agencies_person (id),
  before_roles text not null,
  after_roles text not null,
  reason text not null,
  needs_second bigint not null check (needs_second in (0, 1)),
  state text not null check (state in ('Waiting', 'Done', 'Refused', 'Withdrawn')),
  asked_by text not null,
  asked_at bigint not null,
  decided_by text,
  decided_at bigint,
  note text not null default '',
  evidence text not null,
  check ((state = 'Waiting') = (decided_at is null)),
  -- Whoever asks does not decide; only taking the own request back is one person's.
  check (needs_second = 0 or state in ('Waiting', 'Withdrawn') or decided_by <> asked_by)
);
create unique index agencies_role_change_waiting on agencies_role_change (person) where state = 'Waiting';
create index agencies_role_change_person on agencies_role_change (person, asked_at);

-- The one founding of an empty node.
create table agencies_founding (
  only_one bigint primary key check (only_one = 1),
  bureau text not null references agencies_agency (id),
  founded_at bigint not null
);
