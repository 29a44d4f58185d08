alter table share_grant add column return_flow text;
create table share_return_flow (
  id text primary key,
  number text not null unique,
  entry text not null,
  provider text not null,
  receiver text not null,
  division text not null,
  region_field text not null,
  state text not null check (state in ('Asked', 'Agreed', 'Open', 'Refused', 'Closed')),
  revision bigint not null,
  asked_by text not null,
  asked_at bigint not null,
  agreed_by text,
  agreed_at bigint,
  receiver_proof text,
  opened_by text,
  opened_at bigint,
  application text references share_application (id),
  reason text,
  changed_at bigint not null,
  check (agreed_by is null or agreed_by <> asked_by),
  check (state not in ('Agreed', 'Open') or (receiver_proof is not null and agreed_at is not null)),
  check (state <> 'Open' or application is not null),
  check (state not in ('Refused', 'Closed') or length(reason) > 0)
);
create index share_return_flow_receiver on share_return_flow (receiver, changed_at);
create index share_return_flow_provider on share_return_flow (provider, changed_at);

create table share_reconciliation (
  id text primary key,
  flow text not null references share_return_flow (id),
  version bigint not null,
  rows_sent bigint not null,
  digest_sent text not null,
  rows_received bigint not null,
  digest_received text not null,
  is_complete bigint not null check (is_complete in (0, 1)),
  made_by text not null,
  made_at bigint not null,
  check ((is_complete = 1) = (rows_sent = rows_received and digest_sent = digest_received))
);
create index share_reconciliation_flow on share_reconciliation (flow, made_at);
