create table share_objection (
  id text primary key,
  number text not null unique,
  about text not null check (about in ('OwnData', 'CreditData', 'Decision')),
  person text not null,
  company text,
  provider text not null,
  entry text,
  content bytea not null,
  state text not null check (state in ('Open', 'Answered', 'Withdrawn')),
  outcome text check (outcome in ('Upheld', 'PartlyUpheld', 'Rejected')),
  correction text,
  rule text not null,
  days bigint not null,
  is_extended bigint not null check (is_extended in (0, 1)),
  due_at bigint not null,
  due_provisional bigint not null check (due_provisional in (0, 1)),
  next_notice_at bigint,
  noticed bigint not null,
  revision bigint not null,
  filed_at bigint not null,
  closed_at bigint,
  check ((state = 'Answered') = (outcome is not null)),
  check ((state = 'Open') = (closed_at is null)),
  check (correction is null or entry is not null)
);
create index share_objection_person on share_objection (person, id);
create index share_objection_provider on share_objection (provider, id);
create index share_objection_notice on share_objection (next_notice_at);

create table share_objection_step (
  objection text not null references share_objection (id),
  number bigint not null,
  step text not null,
  actor text not null,
  actor_name text not null,
  agency text,
  at bigint not null,
  words bytea,
  evidence text not null,
  primary key (objection, number)
);
