create table feedback_report (
  id text primary key,
  number text not null unique,
  entry text not null,
  provider text not null,
  version bigint,
  kind text not null check (kind in ('WrongValue', 'Missing', 'Outdated', 'Duplicate', 'Format', 'Privacy', 'Description', 'Other')),
  place text not null,
  body text not null,
  contact text not null,
  digest text not null,
  state text not null check (state in ('Open', 'Accepted', 'Closed')),
  outcome text check (outcome in ('Corrected', 'NotWrong', 'Elsewhere', 'Unusable')),
  answer text not null,
  answered_by text,
  revision bigint not null,
  created_at bigint not null,
  due_at bigint not null,
  due_provisional bigint not null check (due_provisional in (0, 1)),
  answered_at bigint,
  -- Nothing is closed without an answer that everybody can read.
  check (state = 'Open' or (length(answer) > 0 and answered_at is not null and answered_by is not null)),
  check ((state = 'Closed') = (outcome is not null)),
  -- The same words about the same data are one report.
  unique (entry, digest)
);
create index feedback_report_provider on feedback_report (provider, state, due_at);
create index feedback_report_entry on feedback_report (entry, created_at);

create table feedback_score (
  entry text not null,
  person text not null,
  stars bigint not null check (stars between 1 and 5),
  scored_at bigint not null,
  primary key (entry, person)
);
