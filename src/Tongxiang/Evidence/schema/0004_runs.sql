-- Entries of one batch that are alike in who and what share one row: under load a thousand calls become a few rows. Everything here comes again from the log.
create table evidence_run (
  batch bigint not null,
  ordinal bigint not null,
  id text unique,
  kind text not null,
  actor text not null,
  agency text,
  subject text not null,
  resource text,
  grant_id text,
  client text,
  entries bigint not null,
  first_place bigint not null,
  last_place bigint not null,
  first_at bigint not null,
  last_at bigint not null,
  places bytea not null,
  primary key (batch, ordinal)
);
create index evidence_run_subject on evidence_run (subject, batch);
create index evidence_run_agency on evidence_run (agency, batch);
create index evidence_run_resource on evidence_run (resource, batch);
create index evidence_run_grant on evidence_run (grant_id, batch);
create index evidence_run_actor on evidence_run (actor, batch);

create table evidence_run_party (
  agency text not null,
  batch bigint not null,
  ordinal bigint not null,
  primary key (agency, batch, ordinal)
);

drop table evidence_party;
drop table evidence_entry;
update evidence_log set indexed = 0;
