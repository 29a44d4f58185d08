-- Which running clocks moved when a number of the law or the calendar changed.
create table agencies_clock_move (
  id text primary key,
  change bigint not null,
  cause text not null check (length(cause) > 0),
  kind text not null,
  subject text not null,
  number text not null,
  name text not null,
  agency text not null,
  rule text not null,
  before_at bigint not null,
  after_at bigint not null,
  is_provisional bigint not null check (is_provisional in (0, 1)),
  moved_at bigint not null,
  evidence text not null
);
create index agencies_clock_move_change on agencies_clock_move (change, kind, number);
create index agencies_clock_move_agency on agencies_clock_move (agency, id);

-- The last change whose clocks are all recomputed.
create table agencies_clock_round (
  change bigint primary key,
  done_at bigint not null
);
