create table share_opinion (
  id text primary key,
  application text not null references share_application (id),
  expert text not null,
  expert_name text not null,
  asked_by text not null,
  asked_at bigint not null,
  question text not null,
  verdict text check (verdict in ('For', 'ForWithConditions', 'Against')),
  body text,
  given_at bigint,
  evidence text,
  check ((given_at is null) = (body is null)),
  check ((given_at is null) = (verdict is null)),
  check ((given_at is null) = (evidence is null)),
  unique (application, expert)
);
create index share_opinion_expert on share_opinion (expert, asked_at);
