create table catalog_registration (
  id text primary key,
  number text not null unique,
  entry text not null references catalog_entry (id),
  agency text not null,
  bureau text not null,
  kind text not null check (kind in ('First', 'Change', 'Correction', 'Cancellation')),
  renews bigint not null check (renews in (0, 1)),
  state text not null check (state in ('Draft', 'Applied', 'Accepted', 'Noticed', 'Issued', 'Returned', 'Withdrawn')),
  dossier text not null,
  digest text not null,
  entry_revision bigint not null,
  code text,
  revision bigint not null check (revision > 0),
  created_by text not null,
  created_at bigint not null,
  changed_at bigint not null,
  due_at bigint,
  due_rule text,
  due_provisional bigint not null default 0,
  notice_from_at bigint,
  notice_until_at bigint,
  -- No code without the whole way, and no way without a public notice.
  check (state <> 'Issued' or (code is not null and notice_until_at is not null)),
  check (state <> 'Noticed' or notice_until_at is not null),
  check (kind = 'First' or code is not null),
  check (renews = 0 or kind = 'Change')
);
create index catalog_registration_agency on catalog_registration (agency, id);
create index catalog_registration_bureau on catalog_registration (bureau, state, id);
-- One case at a time for a resource.
create unique index catalog_registration_case on catalog_registration (entry) where state in ('Draft', 'Applied', 'Accepted', 'Noticed', 'Returned');

create table catalog_registration_code (
  code text primary key,
  entry text not null references catalog_entry (id),
  agency text not null,
  bureau text not null,
  registration text not null references catalog_registration (id),
  state text not null check (state in ('Valid', 'Expired', 'Cancelled')),
  entry_revision bigint not null,
  issued_at bigint not null,
  valid_until_at bigint not null,
  ended_at bigint,
  reminded_at bigint,
  check ((state = 'Valid') = (ended_at is null))
);
create unique index catalog_registration_code_valid on catalog_registration_code (entry) where state = 'Valid';
create index catalog_registration_code_until on catalog_registration_code (state, valid_until_at);

create table catalog_registration_step (
  id text primary key,
  registration text not null references catalog_registration (id),
  kind text not null check (kind in ('Applied', 'Accepted', 'Noticed', 'Issued', 'Returned', 'Withdrawn')),
  actor text not null,
  actor_name text not null,
  agency text,
  note text not null,
  taken_at bigint not null,
  evidence text not null,
  check (kind <> 'Returned' or length(trim(note)) > 0)
);
create index catalog_registration_step_of on catalog_registration_step (registration, taken_at);

create table catalog_registration_objection (
  id text primary key,
  registration text not null references catalog_registration (id),
  person text not null,
  agency text,
  body text not null check (length(trim(body)) > 0),
  made_at bigint not null,
  upheld bigint check (upheld in (0, 1)),
  answer text not null,
  answered_by text,
  answered_at bigint,
  check ((upheld is null) = (answered_at is null) and (upheld is null) = (answered_by is null)),
  check (upheld is null or length(trim(answer)) > 0)
);
create index catalog_registration_objection_of on catalog_registration_objection (registration, made_at);
create unique index catalog_registration_objection_open on catalog_registration_objection (registration, person) where upheld is null;
