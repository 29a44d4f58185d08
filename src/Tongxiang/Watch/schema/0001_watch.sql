-- A fuse that tripped: it stands until people restore it. Dark trips are what a rule would have done.
create table watch_trip (
  id text primary key,
  number text not null unique,
  scope text not null check (scope in ('Caller', 'Operator', 'Grant', 'Resource', 'Department', 'Node')),
  subject text not null,
  action text not null check (action in ('Watch', 'Slow', 'StepUp', 'Cut')),
  rule text not null,
  cause text,
  reason text not null,
  calls_per_minute bigint not null,
  provider text,
  consumer text,
  is_automatic bigint not null check (is_automatic in (0, 1)),
  is_drill bigint not null check (is_drill in (0, 1)),
  is_dark bigint not null check (is_dark in (0, 1)),
  bites bigint not null check (bites in (0, 1)),
  state text not null check (state in ('InForce', 'Eased', 'Restored')),
  tripped_by text not null,
  tripped_by_name text not null,
  tripped_at bigint not null,
  eased_by text,
  eased_by_name text,
  eased_at bigint,
  asked_by text,
  asked_by_name text,
  asked_at bigint,
  restored_by text,
  restored_by_name text,
  restored_at bigint,
  incident text,
  evidence text not null,
  check (is_dark = 0 or bites = 0),
  check (state <> 'Eased' or eased_by is not null),
  -- Full restore needs two different people.
  check (state <> 'Restored' or (asked_by is not null and restored_by is not null and asked_by <> restored_by))
);
create index watch_trip_state on watch_trip (state, bites, tripped_at);
create index watch_trip_rule on watch_trip (rule, tripped_at);
create index watch_trip_provider on watch_trip (provider, tripped_at);
create index watch_trip_consumer on watch_trip (consumer, tripped_at);

-- A window in which a call that needs a step-up may pass, approved by a second person of the consumer's side.
create table watch_window (
  id text primary key,
  trip text not null references watch_trip (id),
  from_at bigint not null,
  until_at bigint not null,
  approved_by text not null,
  approved_by_name text not null,
  reason text not null,
  evidence text not null
);
create index watch_window_trip on watch_window (trip, until_at);

-- Resources and rights of use that lives depend on: they are only slowed.
create table watch_vital (
  kind text not null check (kind in ('Resource', 'Grant')),
  subject text not null,
  reason text not null,
  set_by text not null,
  set_by_name text not null,
  set_at bigint not null,
  evidence text not null,
  primary key (kind, subject)
);

create table watch_rule (
  id text primary key,
  terms text not null,
  mode text not null check (mode in ('Dark', 'Live', 'Off')),
  dark_since_at bigint not null,
  live_since_at bigint,
  changed_by text not null,
  changed_by_name text not null,
  changed_at bigint not null,
  evidence text not null
);

create table watch_alarm (
  id text primary key,
  actor text not null,
  actor_name text not null,
  agency text,
  operator text,
  resource text,
  provider text,
  grant_id text,
  score double precision not null,
  reasons text not null,
  calls_bound bigint not null check (calls_bound in (0, 1)),
  state text not null check (state in ('Open', 'Confirmed', 'FalseAlarm')),
  judged_by text,
  judged_by_name text,
  judged_at bigint,
  note text,
  at bigint not null,
  evidence text not null,
  check (state = 'Open' or (judged_by is not null and judged_at is not null))
);
create index watch_alarm_at on watch_alarm (at);
create index watch_alarm_state on watch_alarm (state, at);
create index watch_alarm_actor on watch_alarm (actor, at);
create index watch_alarm_provider on watch_alarm (provider, at);
create index watch_alarm_agency on watch_alarm (agency, at);

-- What a false alarm taught: this sign of this caller, up to this figure, is no alarm.
create table watch_lesson (
  alarm text not null references watch_alarm (id),
  actor text not null,
  operator text not null,
  sign text not null,
  strength double precision not null,
  seen double precision not null,
  taught_at bigint not null,
  primary key (alarm, sign)
);
create index watch_lesson_actor on watch_lesson (actor);

-- What every copy of the node follows: its number moves with each change of fuses, windows, vital flags, rules and lessons.
create table watch_change (
  number bigint primary key,
  kind text not null,
  subject text not null,
  changed_at bigint not null
);
