create table share_dispute (
  id text primary key,
  number text not null unique,
  about text not null,
  reference text not null,
  entry text,
  title text not null,
  complainant text not null,
  respondent text not null,
  state text not null check (state in ('Negotiating', 'Coordinating', 'Deciding', 'Settled', 'Decided', 'Withdrawn')),
  bureau text,
  division text,
  offer_by text,
  offer text,
  document text,
  decided_on text,
  revision bigint not null,
  opened_at bigint not null,
  changed_at bigint not null,
  closed_at bigint,
  check (complainant <> respondent),
  -- Nobody coordinates in his own matter, and nothing is decided without the government's document (Order 809 art. 28).
  check (bureau is null or (bureau <> complainant and bureau <> respondent)),
  check (state not in ('Coordinating', 'Deciding', 'Decided') or (bureau is not null and division is not null)),
  check ((state = 'Decided') = (document is not null and decided_on is not null)),
  check ((state in ('Settled', 'Decided', 'Withdrawn')) = (closed_at is not null)),
  check ((offer_by is null) = (offer is null))
);
create index share_dispute_complainant on share_dispute (complainant, id);
create index share_dispute_respondent on share_dispute (respondent, id);
create index share_dispute_bureau on share_dispute (bureau, state, id);

create table share_dispute_step (
  dispute text not null references share_dispute (id),
  number bigint not null,
  step text not null,
  from_state text not null,
  to_state text not null,
  actor text not null,
  actor_name text not null,
  agency text not null,
  on_behalf text,
  at bigint not null,
  words text not null,
  evidence text not null,
  primary key (dispute, number),
  check (length(words) > 0)
);
