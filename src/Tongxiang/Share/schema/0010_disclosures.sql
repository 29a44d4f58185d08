create table share_challenge (
  id text primary key,
  number text not null unique,
  person text not null,
  place bigint not null,
  resource text not null,
  provider text not null,
  consumer text,
  body text not null,
  state text not null check (state in ('Open', 'Answered')),
  answer text not null,
  answered_by text,
  created_at bigint not null,
  answered_at bigint,
  unique (person, place)
);
create index share_challenge_provider on share_challenge (provider, state, created_at);
create index share_challenge_consumer on share_challenge (consumer, state, created_at);

create table share_hiding (
  id text primary key,
  grant_number text not null,
  agency text not null,
  article text not null,
  reason text not null,
  until_at bigint not null,
  asked_by text not null,
  asked_at bigint not null,
  first_by text,
  second_by text,
  in_force_at bigint
);
create index share_hiding_grant on share_hiding (grant_number, until_at);

create table share_journal_opening (
  id text primary key,
  purpose text not null check (purpose in ('Persons', 'Destroy')),
  resource text not null,
  scope text not null,
  from_at bigint not null,
  until_at bigint not null,
  reason text not null,
  asked_by text not null,
  asked_at bigint not null,
  approved_by text,
  approved_at bigint
);

create table share_use_note (
  id text primary key,
  grant_id text not null,
  agency text not null,
  part text not null check (part in ('Effect', 'Storage', 'Destruction')),
  body text not null,
  noted_by text not null,
  noted_at bigint not null
);
create index share_use_note_grant on share_use_note (grant_id, noted_at);
