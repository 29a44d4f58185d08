create table share_correction (
  id text primary key,
  number text not null unique,
  entry text not null,
  provider text not null,
  consumer text not null,
  reporter text not null,
  grant_id text,
  objection text,
  -- The record is known here by a keyed name only; what names it in clear lies sealed.
  key_mark text,
  fields text not null,
  content bytea not null,
  version bigint,
  state text not null check (state in ('Open', 'Taken', 'Corrected', 'FoundCorrect', 'Withdrawn')),
  marked bigint not null check (marked in (0, 1)),
  stale_through bigint,
  days bigint not null,
  due_at bigint not null,
  due_provisional bigint not null check (due_provisional in (0, 1)),
  next_notice_at bigint,
  noticed bigint not null,
  told bigint not null,
  revision bigint not null,
  reported_at bigint not null,
  closed_at bigint,
  check (key_mark is not null or fields <> ''),
  -- A department corrects its own data without a ticket, unless a person asked for it.
  check (consumer <> provider or objection is not null),
  check (grant_id is not null or objection is not null),
  check ((state in ('Open', 'Taken')) = (closed_at is null)),
  check (marked = 0 or state in ('Open', 'Taken') or (state = 'Corrected' and stale_through is not null))
);
create index share_correction_provider on share_correction (provider, id);
create index share_correction_consumer on share_correction (consumer, id);
create index share_correction_entry on share_correction (entry, state);
create index share_correction_notice on share_correction (next_notice_at);
create index share_correction_marked on share_correction (marked, closed_at);
-- One open ticket of a department about the same record and fields.
create unique index share_correction_once on share_correction (consumer, entry, key_mark, fields) where closed_at is null;

create table share_correction_step (
  correction text not null references share_correction (id),
  number bigint not null,
  step text not null,
  from_state text not null,
  to_state text not null,
  actor text not null,
  actor_name text not null,
  agency text not null,
  at bigint not null,
  words bytea,
  evidence text not null,
  primary key (correction, number)
);

create table share_correction_told (
  correction text not null references share_correction (id),
  recipient text not null,
  agency text,
  at bigint not null,
  primary key (correction, recipient)
);
create index share_correction_told_agency on share_correction_told (agency, correction);
