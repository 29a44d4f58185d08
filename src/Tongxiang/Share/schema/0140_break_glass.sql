create table share_break_glass (
  id text primary key,
  number text not null unique,
  entry text not null,
  resource text not null,
  provider text not null,
  bureau text,
  asked_by text not null,
  asked_role text not null,
  asked_agency text,
  fields text not null,
  reason text not null,
  occasion text not null,
  minutes bigint not null check (minutes between 1 and 60),
  asked_at bigint not null,
  state text not null check (state in ('Waiting', 'Open', 'Refused', 'Ended', 'Lapsed')),
  decided_by text,
  decided_role text,
  decided_at bigint,
  note text not null default '',
  until_at bigint,
  ended_by text,
  ended_at bigint,
  evidence text not null,
  -- Every read of it on every copy of the node, together.
  rows_read bigint not null default 0 check (rows_read between 0 and 1000),
  -- Two persons of two roles, for minutes: another state of it cannot be kept.
  check (decided_by is null or (decided_by <> asked_by and decided_role <> asked_role)),
  check (state <> 'Open' or (decided_by is not null and until_at is not null)),
  check (until_at is null or until_at - decided_at <= 3600000)
);
create index share_break_glass_open on share_break_glass (state, until_at);
create index share_break_glass_asked on share_break_glass (asked_at);
