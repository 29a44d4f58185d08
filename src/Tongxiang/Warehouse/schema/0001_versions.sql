create table warehouse_key (
  version text primary key,
  entry text not null,
  wrapped bytea,
  created_at bigint not null,
  erased_at bigint
);

create table warehouse_version (
  id text primary key,
  entry text not null,
  number bigint not null,
  columns text not null,
  key_names text not null,
  row_count bigint not null,
  quarantined_rows bigint not null,
  digest text not null,
  bytes bigint not null,
  profile text not null,
  note text not null,
  evidence_id text not null,
  landed_at bigint not null,
  promoted_at bigint,
  destroyed_at bigint,
  unique (entry, number)
);

create table warehouse_current (
  entry text primary key,
  version text not null,
  since_at bigint not null
);

create table warehouse_change (
  seq bigint primary key,
  entry text not null,
  version text not null,
  kind text not null check (kind in ('landed', 'promoted', 'destroyed')),
  changed_at bigint not null
);
