create table assess_finding (
  id text primary key,
  number text not null unique,
  -- The same records give the same key: a second run of a detector makes no second finding.
  once_key text not null unique,
  detector text not null,
  item text not null check (item in ('39-1', '39-2', '39-3', '39-4', '39-5', '39-6', '39-7', '39-8', '39-9', '40-1', '40-2', '40-3', '40-4', '40-5', '40-6', '40-7', '41-1', '41-2', '41-3', '42')),
  subject text not null,
  agency text not null,
  args text not null,
  records text not null,
  statement text not null,
  since_at bigint not null,
  state text not null check (state in ('Found', 'Noticed', 'Rectified', 'Circulated', 'Closed', 'Dismissed')),
  revision bigint not null check (revision > 0),
  is_serious bigint not null check (is_serious in (0, 1)),
  demand text not null,
  due_at bigint,
  due_provisional bigint not null check (due_provisional in (0, 1)),
  rectification text not null,
  rectified_at bigint,
  rechecked_at bigint,
  is_clean bigint check (is_clean in (0, 1)),
  outcome text not null,
  found_at bigint not null,
  changed_at bigint not null,
  check (state in ('Found', 'Dismissed') or (length(demand) > 0 and due_at is not null)),
  check (state <> 'Rectified' or (length(rectification) > 0 and rectified_at is not null)),
  -- Nothing is closed without a clean recheck, nothing dismissed without its reason.
  check (state <> 'Closed' or (is_clean = 1 and rechecked_at is not null and rechecked_at >= rectified_at)),
  check (state <> 'Dismissed' or length(outcome) > 0)
);
create index assess_finding_agency on assess_finding (agency, state, id);

create table assess_finding_event (
  finding text not null references assess_finding (id),
  place bigint not null,
  step text not null,
  from_state text not null,
  to_state text not null,
  actor text not null,
  actor_name text not null,
  agency text,
  at bigint not null,
  note text not null,
  evidence text not null,
  primary key (finding, place)
);

create table assess_circular (
  id text primary key,
  number text not null unique,
  finding text not null references assess_finding (id),
  agency text not null,
  item text not null,
  issuer text not null,
  title text not null,
  body text not null check (length(body) > 0),
  record text not null,
  digest text not null,
  note text not null,
  issued_at bigint not null
);
create unique index assess_circular_finding on assess_circular (finding);
create index assess_circular_issued on assess_circular (issued_at, id);
