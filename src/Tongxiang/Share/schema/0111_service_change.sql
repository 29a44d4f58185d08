create table share_service_change (
  id text primary key,
  number text not null unique,
  entry text not null,
  provider text not null,
  kind text not null check (kind in ('Stop', 'Change')),
  fields text not null,
  reason text not null check (length(reason) > 0),
  effective_at bigint not null,
  state text not null check (state in ('Consulting', 'Filed', 'Rejected', 'Withdrawn')),
  revision bigint not null,
  filing text unique,
  decision text,
  proposed_by text not null,
  proposed_at bigint not null,
  decided_by text,
  decided_at bigint,
  changed_at bigint not null,
  -- Filed means numbered, by the bureau.
  check ((state = 'Filed') = (filing is not null)),
  check (state <> 'Rejected' or length(decision) > 0)
);
create index share_service_change_entry on share_service_change (entry, state);
create index share_service_change_provider on share_service_change (provider, changed_at);

create table share_service_answer (
  change text not null references share_service_change (id),
  consumer text not null,
  grants text not null,
  answer text check (answer in ('Agreed', 'Objected')),
  note text,
  answered_by text,
  answered_at bigint,
  primary key (change, consumer),
  check ((answer is null) = (answered_by is null)),
  check (answer is null or answer <> 'Objected' or length(note) > 0)
);
create index share_service_answer_consumer on share_service_answer (consumer);

alter table share_grant add column onward text;
create table share_onward (
  id text primary key,
  number text not null unique,
  grant_id text not null references share_grant (id),
  provider text not null,
  consumer text not null,
  kind text not null check (kind in ('ThirdParty', 'WiderUse')),
  third_agency text,
  third_name text not null,
  matter text not null,
  purpose text not null,
  until_at bigint not null,
  state text not null check (state in ('Asked', 'Agreed', 'Refused', 'Withdrawn')),
  revision bigint not null,
  reason text,
  asked_by text not null,
  asked_at bigint not null,
  decided_by text,
  decided_at bigint,
  proof text,
  check (kind <> 'ThirdParty' or length(third_name) > 0),
  check (state <> 'Agreed' or proof is not null),
  check (state <> 'Refused' or length(reason) > 0)
);
create index share_onward_grant on share_onward (grant_id, asked_at);
create index share_onward_provider on share_onward (provider, state);
