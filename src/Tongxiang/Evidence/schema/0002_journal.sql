create table evidence_journal_key (
  number bigint primary key,
  scope text not null,
  month bigint not null,
  algorithm text not null,
  wrapped bytea,
  print text not null,
  created_at bigint not null,
  destroyed_at bigint,
  unique (scope, month)
);

create index evidence_entry_actor on evidence_entry (actor, place);
