create table watch_incident (
  id text primary key,
  number text not null unique,
  is_drill bigint not null,
  title text not null,
  origin text not null,
  origin_ref text unique,
  stage text not null,
  level text not null,
  facts text not null,
  scope text not null,
  from_at bigint not null,
  detected_at bigint not null,
  aware_at bigint not null,
  opened_at bigint not null,
  acknowledged_at bigint,
  contained_at bigint,
  partial_at bigint,
  handled_at bigint,
  closed_at bigint,
  lead text,
  is_false_alarm bigint not null,
  figures text,
  review text,
  escalated bigint not null,
  next_rung_at bigint,
  revision bigint not null
);
create index watch_incident_stage on watch_incident (stage, opened_at);
create index watch_incident_rung on watch_incident (next_rung_at);

create table watch_incident_party (
  incident text not null references watch_incident (id),
  agency text not null,
  is_provider bigint not null,
  primary key (incident, agency)
);
create index watch_incident_party_agency on watch_incident_party (agency, incident);

create table watch_incident_event (
  incident text not null references watch_incident (id),
  place bigint not null,
  at bigint not null,
  kind text not null,
  actor text not null,
  actor_name text not null,
  args text not null,
  note text not null,
  evidence text not null,
  primary key (incident, place)
);

create table watch_incident_clock (
  incident text not null references watch_incident (id),
  rule text not null,
  from_at bigint not null,
  due_at bigint,
  is_provisional bigint not null,
  state text not null,
  ended_at bigint,
  noticed bigint not null,
  next_notice_at bigint,
  primary key (incident, rule)
);
create index watch_incident_clock_next on watch_incident_clock (next_notice_at);

create table watch_incident_task (
  id text primary key,
  incident text not null references watch_incident (id),
  code text,
  title text not null,
  role text not null,
  place text not null,
  due_at bigint not null,
  done_at bigint,
  done_by text,
  note text not null,
  is_noticed bigint not null
);
create index watch_incident_task_incident on watch_incident_task (incident, due_at);
create index watch_incident_task_due on watch_incident_task (is_noticed, due_at);

create table watch_incident_paper (
  incident text not null references watch_incident (id),
  kind text not null,
  said text not null,
  changed_by text not null,
  changed_at bigint not null,
  primary key (incident, kind)
);

create table watch_incident_submission (
  id text primary key,
  incident text not null references watch_incident (id),
  kind text not null,
  is_partial bigint not null,
  channel text not null,
  reference text not null,
  submitted_at bigint not null,
  recorded_by text not null,
  recorded_at bigint not null,
  content text not null,
  digest text not null
);
create index watch_incident_submission_incident on watch_incident_submission (incident, recorded_at);
