create table evidence_log (
  origin text primary key,
  vkey text not null,
  indexed bigint not null,
  created_at bigint not null
);

create table evidence_outbox (
  id text primary key,
  record text not null,
  created_at bigint not null
);

create table evidence_key (
  month bigint primary key,
  algorithm text not null,
  wrapped bytea not null,
  created_at bigint not null
);

create table evidence_entry (
  place bigint primary key,
  id text unique,
  kind text not null,
  actor text not null,
  agency text,
  subject text not null,
  resource text,
  grant_id text,
  client text,
  happened_at bigint not null
);
create index evidence_entry_subject on evidence_entry (subject, place);
create index evidence_entry_agency on evidence_entry (agency, place);
create index evidence_entry_resource on evidence_entry (resource, place);
create index evidence_entry_grant on evidence_entry (grant_id, place);

create table evidence_party (
  agency text not null,
  place bigint not null,
  primary key (agency, place)
);

create table evidence_checkpoint (
  size bigint primary key,
  note text not null,
  sm3_note text not null,
  signed_at bigint not null
);
