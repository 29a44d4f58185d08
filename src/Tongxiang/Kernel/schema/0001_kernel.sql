create table kernel_sequence (
  name text primary key,
  value bigint not null
);

create table kernel_idempotency (
  scope text not null,
  key text not null,
  digest text not null,
  holder text not null,
  status bigint not null default 0,
  content_type text,
  location text,
  body bytea,
  created_at bigint not null,
  primary key (scope, key)
);
create index kernel_idempotency_created on kernel_idempotency (created_at);

create table kernel_lease (
  name text primary key,
  holder text not null,
  until_at bigint not null
);

create table kernel_feed (
  name text primary key,
  done bigint not null
);
