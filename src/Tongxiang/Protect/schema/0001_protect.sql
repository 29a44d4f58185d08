create table protect_epoch (
  consumer text not null,
  family text not null,
  epoch bigint not null,
  reason text not null,
  made_by text not null,
  made_at bigint not null,
  primary key (consumer, family, epoch)
);

create table protect_recipient (
  consumer text not null,
  kid text not null,
  algorithm text not null check (algorithm in ('P256', 'Sm2')),
  point bytea not null,
  given_by text not null,
  given_at bigint not null,
  primary key (consumer, kid)
);
create index protect_recipient_newest on protect_recipient (consumer, given_at);

create table protect_opening (
  id text primary key,
  entry text not null,
  agency text not null,
  field text not null,
  shape text not null,
  consumer text not null,
  token text not null,
  ground text not null,
  case_number text not null,
  asked_by text not null,
  asked_at bigint not null,
  decided_by text,
  decided_at bigint,
  check (decided_by is null or decided_by <> asked_by)
);
create index protect_opening_agency on protect_opening (agency, asked_at);
