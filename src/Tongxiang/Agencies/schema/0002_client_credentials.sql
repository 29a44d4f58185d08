create table agencies_client_certificate (
  id text primary key,
  client text not null references agencies_client (id),
  kind text not null check (kind in ('Registered', 'Subject')),
  value text not null,
  name text not null,
  not_after bigint,
  added_at bigint not null,
  until_at bigint,
  unique (client, kind, value)
);

create table agencies_header_key (
  id text primary key,
  client text not null references agencies_client (id),
  digest text not null unique,
  hint text not null,
  added_at bigint not null,
  until_at bigint
);
create index agencies_header_key_client on agencies_header_key (client);
