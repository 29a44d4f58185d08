-- What this node told its superior: numbered without gaps, each with the digest of the one before.
create table federation_sent (
  sequence bigint primary key check (sequence > 0),
  body text not null,
  digest text not null check (length(digest) = 64),
  signature text not null,
  catalogue_seq bigint not null,
  grant_seq bigint not null,
  use_day text not null,
  made_at bigint not null,
  acknowledged_at bigint
);

create table federation_received (
  origin text not null,
  sequence bigint not null check (sequence > 0),
  body text not null,
  digest text not null check (length(digest) = 64),
  signature text not null,
  received_at bigint not null,
  primary key (origin, sequence)
);

create table federation_entry (
  origin text not null,
  entry text not null,
  code text not null,
  state text not null check (state in ('Published', 'Retired')),
  name text not null,
  content text not null,
  sequence bigint not null,
  primary key (origin, entry)
);

create table federation_grant (
  origin text not null,
  number text not null,
  entry text not null,
  provider text not null,
  consumer text not null,
  modes text not null,
  from_at bigint not null,
  until_at bigint not null,
  state text not null,
  sequence bigint not null,
  primary key (origin, number)
);

create table federation_use (
  origin text not null,
  entry text not null,
  day text not null,
  calls bigint not null check (calls >= 0),
  row_count bigint not null check (row_count >= 0),
  sequence bigint not null,
  primary key (origin, entry, day)
);
