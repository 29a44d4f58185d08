create table share_journal_opening_next (
  id text primary key,
  purpose text not null check (purpose in ('Persons', 'Destroy', 'Incident')),
  resources text not null,
  scope text not null,
  from_at bigint not null,
  until_at bigint not null,
  reason text not null,
  asked_by text not null,
  asked_at bigint not null,
  approved_by text,
  approved_at bigint,
  incident text,
  about text,
  expected text
);
insert into share_journal_opening_next (id, purpose, resources, scope, from_at, until_at, reason, asked_by, asked_at, approved_by, approved_at)
select id, purpose, '["' || resource || '"]', scope, from_at, until_at, reason, asked_by, asked_at, approved_by, approved_at from share_journal_opening;
drop table share_journal_opening;
alter table share_journal_opening_next rename to share_journal_opening;
create index share_journal_opening_incident on share_journal_opening (incident, asked_at);

create table share_journal_use (
  id text primary key,
  opening text not null,
  actor text not null,
  begun_at bigint not null,
  ended_at bigint,
  is_whole bigint not null,
  named bigint not null,
  unnamed text not null,
  uncompared text not null
);
create index share_journal_use_opening on share_journal_use (opening, begun_at);
