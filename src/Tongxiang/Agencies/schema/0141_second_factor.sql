create table agencies_second_factor (
  person text primary key references agencies_person (id),
  secret bytea not null,
  last_step bigint not null default 0,
  made_at bigint not null,
  confirmed_at bigint
);

create table agencies_recovery_code (
  person text not null references agencies_person (id),
  digest text not null,
  used_at bigint,
  primary key (person, digest)
);

create table agencies_person_certificate (
  id text primary key,
  person text not null references agencies_person (id),
  thumbprint text not null unique,
  name text not null,
  not_after bigint not null,
  added_at bigint not null,
  until_at bigint
);
create index agencies_person_certificate_person on agencies_person_certificate (person);
