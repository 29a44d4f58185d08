create table agencies_external_person (
  id text primary key,
  issuer text not null,
  staff_id text not null,
  person text not null references agencies_person (id),
  state text not null check (state in ('Waiting', 'Linked', 'Refused', 'Withdrawn', 'Ended')),
  asked_by text not null,
  asked_at bigint not null,
  decided_by text,
  decided_at bigint,
  note text not null default '',
  ended_by text,
  ended_at bigint,
  evidence text not null,
  check ((state = 'Waiting') = (decided_at is null)),
  check ((state = 'Ended') = (ended_at is not null)),
  -- Whoever asks does not decide; the platform itself needs nobody.
  check (state in ('Waiting', 'Withdrawn') or asked_by = 'system' or (decided_by is not null and decided_by <> asked_by))
);
create unique index agencies_external_person_staff on agencies_external_person (issuer, staff_id) where state = 'Linked';
create unique index agencies_external_person_linked on agencies_external_person (issuer, person) where state = 'Linked';
create unique index agencies_external_person_waiting on agencies_external_person (issuer, person) where state = 'Waiting';

create table agencies_external_session (
  session text primary key,
  issuer text not null,
  subject text not null,
  external_session text,
  until_at bigint not null
);
create index agencies_external_session_subject on agencies_external_session (issuer, subject);

create table agencies_logout_token (
  issuer text not null,
  jti text not null,
  until_at bigint not null,
  primary key (issuer, jti)
);
