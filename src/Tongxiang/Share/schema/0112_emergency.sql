alter table share_grant add column emergency text;
create table share_prepared (
  id text primary key,
  number text not null unique,
  entry text not null,
  provider text not null,
  consumer text not null,
  kind text not null check (kind in ('NaturalDisaster', 'Accident', 'PublicHealth', 'PublicSecurity')),
  area text not null,
  state text not null check (state in ('Drafted', 'ConsumerSigned', 'Ready', 'Revoked')),
  revision bigint not null,
  wish text not null,
  reply text,
  region_field text,
  drafted_by text not null,
  drafted_at bigint not null,
  consumer_signed_by text,
  consumer_proof text,
  provider_signed_by text,
  provider_proof text,
  proposed_by text,
  reason text,
  changed_at bigint not null,
  -- Dormant means signed by both sides, each by another person than the one who wrote.
  check (state not in ('ConsumerSigned', 'Ready') or consumer_proof is not null),
  check (state <> 'Ready' or (provider_proof is not null and reply is not null)),
  check (consumer_signed_by is null or consumer_signed_by <> drafted_by),
  check (provider_signed_by is null or proposed_by is null or provider_signed_by <> proposed_by),
  check (state <> 'Revoked' or length(reason) > 0)
);
create index share_prepared_state on share_prepared (state, kind);
create index share_prepared_consumer on share_prepared (consumer, changed_at);
create index share_prepared_provider on share_prepared (provider, changed_at);

create table share_emergency (
  id text primary key,
  number text not null unique,
  bureau text not null,
  document text not null check (length(document) > 0),
  kind text not null check (kind in ('NaturalDisaster', 'Accident', 'PublicHealth', 'PublicSecurity')),
  area text not null,
  reason text not null,
  from_at bigint not null,
  until_at bigint not null,
  revision bigint not null,
  declared_by text not null,
  ended_at bigint,
  ended_by text,
  end_reason text,
  proof text not null,
  check (until_at > from_at)
);
create index share_emergency_until on share_emergency (ended_at, until_at);
create unique index share_emergency_document on share_emergency (bureau, document);

create table share_emergency_grant (
  emergency text not null references share_emergency (id),
  prepared text not null references share_prepared (id),
  application text references share_application (id),
  refused text,
  primary key (emergency, prepared),
  check ((application is null) <> (refused is null))
);
create index share_emergency_grant_application on share_emergency_grant (application);
