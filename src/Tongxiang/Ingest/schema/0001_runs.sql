create table ingest_run (
  id text primary key,
  entry text not null,
  version text not null,
  file_name text not null,
  state text not null check (state in ('Receiving', 'Proposed', 'Queued', 'Checking', 'Sealing', 'Done', 'Refused')),
  bytes bigint not null,
  raw_digest text,
  wish text not null,
  fields text not null,
  key_names text not null,
  proposal text,
  confirmation text,
  rows_read bigint not null,
  rows_bad bigint not null,
  refusal text,
  version_number bigint,
  actor text not null,
  agency text,
  created_at bigint not null,
  changed_at bigint not null
);
create index ingest_run_entry on ingest_run (entry, id);
create index ingest_run_state on ingest_run (state, id);
