create table agencies_legacy_key (
  id text primary key,
  client text not null references agencies_client (id),
  scheme text not null check (scheme in ('National', 'Portal')),
  secret bytea not null,
  added_at bigint not null,
  until_at bigint
);
create index agencies_legacy_key_client on agencies_legacy_key (client, scheme);
