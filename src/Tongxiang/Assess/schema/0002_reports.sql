create table assess_report (
  id text primary key,
  number text not null unique,
  bureau text not null,
  month text not null check (length(month) = 7),
  issue bigint not null check (issue > 0),
  inputs text not null,
  rules text not null,
  content text not null,
  digest text not null check (length(digest) = 64),
  note text not null,
  made_by text not null,
  made_at bigint not null,
  evidence text not null,
  unique (bureau, month, issue)
);
create index assess_report_made on assess_report (bureau, made_at, id);
