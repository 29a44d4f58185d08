create table agencies_second_factor (
  person text primary key references agencies_person (id),
  secret bytea not null,
  last_step bigint not null,
  confirmed_at bigint not null
);

-- A key that waits for its first code: of the session or half sign-in that asked for it, and of no other.
create table agencies_factor_offer (
  holder text primary key,
  person text not null references agencies_person (id),
  secret bytea not null,
  until_at bigint not null
);
create index agencies_factor_offer_person on agencies_factor_offer (person);

create table agencies_recovery_code (
  person text not null references agencies_person (id),
  digest text not null,
  used_at bigint,
  primary key (person, digest)
);

create table agencies_person_certificate (
  id text primary key,
  person text not null references agencies_person (id),
  thumbprint text not null,
  name text not null,
  not_after bigint not null,
  added_at bigint not null,
  until_at bigint
);
create unique index agencies_person_certificate_thumbprint on agencies_person_certificate (thumbprint) where until_at is null;
create index agencies_person_certificate_person on agencies_person_certificate (person);
