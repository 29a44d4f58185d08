create table products_contract (
  id text primary key,
  number text not null unique,
  title text not null check (length(trim(title)) > 0),
  implementing text not null,
  operating text not null,
  from_day text not null check (length(from_day) = 10),
  until_day text not null check (length(until_day) = 10),
  scenario text not null,
  -- In fen a year; the operating body's fees for a year may not exceed it.
  fee_ceiling bigint not null check (fee_ceiling >= 0),
  state text not null check (state in ('Active', 'Ended')),
  end_reason text not null,
  revision bigint not null check (revision > 0),
  made_by text not null,
  made_at bigint not null,
  changed_at bigint not null,
  check (implementing <> operating),
  check (until_day > from_day),
  -- At most five years, whoever writes the row (发改数据规〔2025〕27号); a shorter limit is the rule pack's.
  check (cast(substr(until_day, 1, 4) as bigint) - cast(substr(from_day, 1, 4) as bigint) < 5
    or (cast(substr(until_day, 1, 4) as bigint) - cast(substr(from_day, 1, 4) as bigint) = 5 and substr(until_day, 6) <= substr(from_day, 6))),
  check (state <> 'Ended' or length(trim(end_reason)) > 0)
);
create index products_contract_sides on products_contract (implementing, operating);

create table products_contract_resource (
  contract text not null references products_contract (id),
  entry text not null,
  added_at bigint not null,
  delivered_at bigint,
  due_at bigint,
  due_provisional bigint not null default 0,
  code text,
  completed_at bigint,
  primary key (contract, entry),
  -- Nothing under authorised operation is complete without its registration code.
  check (completed_at is null or (code is not null and length(code) > 0)),
  check ((delivered_at is null) = (due_at is null))
);

create table products_product (
  id text primary key,
  contract text not null references products_contract (id),
  name text not null check (length(trim(name)) > 0),
  kind text not null check (kind in ('Product', 'Service')),
  made_by text not null,
  made_at bigint not null,
  unique (contract, name)
);

create table products_fee (
  product text not null references products_product (id),
  year bigint not null check (year between 2025 and 2200),
  fee bigint not null check (fee >= 0),
  said_by text not null,
  said_at bigint not null,
  primary key (product, year)
);

create table products_disclosure (
  bureau text not null,
  year bigint not null,
  edition bigint not null check (edition > 0),
  body text not null,
  digest text not null,
  made_by text not null,
  made_at bigint not null,
  evidence text not null,
  primary key (bureau, year, edition)
);
create index products_disclosure_year on products_disclosure (year, bureau, edition);
