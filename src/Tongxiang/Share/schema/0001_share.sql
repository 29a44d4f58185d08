create table share_application (
  id text primary key,
  number text not null unique,
  lane text not null check (lane in ('Sharing', 'Opening')),
  entry text not null,
  provider text not null,
  applicant_agency text,
  applicant text not null,
  state text not null check (state in ('Draft', 'AwaitingOwnHead', 'Submitted', 'SupplementAsked', 'AwaitingExtension', 'AwaitingProviderHead', 'Delivering', 'InUse',
    'Suspended', 'Refused', 'Withdrawn', 'Ended', 'Disposed')),
  revision bigint not null,
  wish text not null,
  missing text not null,
  supplement_used bigint not null check (supplement_used in (0, 1)),
  supplement_open bigint not null check (supplement_open in (0, 1)),
  supplement_text text,
  extension_used bigint not null check (extension_used in (0, 1)),
  extension_days bigint,
  proposer text,
  reply text,
  holder text,
  clock text,
  due_rule text,
  due_at bigint,
  due_provisional bigint not null check (due_provisional in (0, 1)),
  next_notice_at bigint,
  noticed bigint not null,
  suspended_by text,
  reason text,
  grant_id text,
  agreement text,
  created_at bigint not null,
  submitted_at bigint,
  delivered_at bigint,
  changed_at bigint not null,
  -- Nothing is refused without its reason (Order 809 art. 21), nothing reaches the provider without having been sent.
  check (state <> 'Refused' or length(reason) > 0),
  check (state in ('Draft', 'AwaitingOwnHead', 'Withdrawn') or submitted_at is not null),
  check (state not in ('InUse', 'Disposed') or grant_id is not null),
  check (state <> 'InUse' or delivered_at is not null)
);
create index share_application_applicant on share_application (applicant, changed_at);
create index share_application_agency on share_application (applicant_agency, changed_at);
create index share_application_provider on share_application (provider, state, due_at);
create index share_application_entry on share_application (entry);
create index share_application_notice on share_application (next_notice_at);
create index share_application_grant on share_application (grant_id);

create table share_step (
  application text not null references share_application (id),
  number bigint not null,
  step text not null,
  from_state text not null,
  to_state text not null,
  actor text not null,
  actor_name text not null,
  agency text,
  side text not null,
  on_behalf text,
  at bigint not null,
  reason text,
  rule text,
  article text,
  evidence text not null,
  primary key (application, number)
);
-- A second supplement notice cannot be stored.
create unique index share_step_one_supplement on share_step (application, step) where step = 'AskSupplement';

create table share_grant (
  id text primary key,
  number text not null unique,
  entry text not null,
  provider text not null,
  consumer_agency text,
  consumer_person text,
  fields text not null,
  row_filter text not null,
  purpose text not null,
  matter text not null,
  needs_case bigint not null check (needs_case in (0, 1)),
  modes text not null,
  limits text not null,
  lowest_assurance text not null check (lowest_assurance in ('Key', 'SignedAssertion', 'BoundToken')),
  from_at bigint not null,
  until_at bigint not null,
  provider_responsible text not null,
  consumer_responsible text not null,
  state text not null check (state in ('Active', 'Suspended', 'Ended')),
  application text unique references share_application (id),
  record text not null,
  signature text not null,
  issued_at bigint not null,
  delivered_at bigint,
  changed_at bigint not null,
  reason text,
  check ((consumer_agency is null) <> (consumer_person is null))
);
create index share_grant_consumer on share_grant (consumer_agency, state);
create index share_grant_person on share_grant (consumer_person, state);
create index share_grant_provider on share_grant (provider, state);
create index share_grant_until on share_grant (state, until_at);

create table share_change (
  number bigint primary key,
  kind text not null check (kind in ('application', 'grant')),
  subject text not null,
  at bigint not null
);

create table share_agreement (
  version text primary key,
  chinese text not null,
  english text not null,
  digest text not null,
  recorded_at bigint not null
);

create table share_deputy (
  id text primary key,
  agency text not null,
  principal text not null,
  deputy text not null,
  from_at bigint not null,
  until_at bigint not null,
  ended_at bigint,
  check (principal <> deputy)
);
create index share_deputy_deputy on share_deputy (deputy, until_at);

create table share_notice (
  id text primary key,
  once_key text not null unique,
  kind text not null,
  application text,
  to_person text,
  to_agency text,
  to_role text,
  args text not null,
  at bigint not null,
  check (to_person is not null or to_agency is not null)
);
create index share_notice_person on share_notice (to_person, at);
create index share_notice_agency on share_notice (to_agency, to_role, at);

create table share_notice_read (
  notice text not null references share_notice (id),
  person text not null,
  at bigint not null,
  primary key (notice, person)
);

create table share_sending (
  id text primary key,
  notice text not null references share_notice (id),
  channel text not null check (channel in ('mail', 'webhook')),
  target text not null,
  state text not null check (state in ('waiting', 'sent', 'dead')),
  attempts bigint not null,
  next_at bigint not null,
  last_error text,
  done_at bigint
);
create index share_sending_next on share_sending (state, next_at);

create table share_webhook (
  id text primary key,
  agency text not null,
  url text not null,
  secret bytea not null,
  is_enabled bigint not null check (is_enabled in (0, 1)),
  created_at bigint not null
);
create index share_webhook_agency on share_webhook (agency, is_enabled);
