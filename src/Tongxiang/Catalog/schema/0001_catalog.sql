create table catalog_code (
  code text primary key,
  entry text not null,
  made_at bigint not null
);

create table catalog_slug (
  slug text primary key,
  entry text not null,
  made_at bigint not null
);

create table catalog_entry (
  id text primary key,
  code text not null unique references catalog_code (code),
  slug text not null unique references catalog_slug (slug),
  agency text not null,
  state text not null check (state in ('Draft', 'AwaitingHead', 'AwaitingReview', 'Published', 'Retired')),
  revision bigint not null check (revision > 0),
  draft_revision bigint check (draft_revision > revision),
  draft_state text check (draft_state in ('Draft', 'AwaitingHead', 'AwaitingReview')),
  assess_from bigint not null,
  turn bigint not null,
  created_at bigint not null,
  changed_at bigint not null,
  published_at bigint,
  in_force_at bigint,
  retired_at bigint,
  received_at bigint,
  due_at bigint,
  due_rule text,
  due_provisional bigint not null default 0,
  check ((draft_revision is null) = (draft_state is null)),
  check (draft_state is null or state = 'Published'),
  check (state <> 'Published' or published_at is not null)
);
create index catalog_entry_agency on catalog_entry (agency, id);
create index catalog_entry_due on catalog_entry (due_at);

create table catalog_revision (
  entry text not null references catalog_entry (id),
  revision bigint not null,
  content text not null,
  digest text not null,
  name text not null check (length(name) > 0),
  share_class text not null check (share_class in ('Unconditional', 'Conditional', 'Withheld')),
  share_scope text not null,
  share_use text not null,
  share_reason text not null,
  basis_kind text not null,
  basis_title text not null,
  basis_article text not null,
  open_class text not null check (open_class in ('Open', 'Conditional', 'Closed')),
  secrecy text not null check (secrecy = 'None'),
  grade text not null check (grade in ('General1', 'General2', 'General3', 'General4', 'Important')),
  personal bigint not null check (personal in (0, 1)),
  author text not null,
  note text not null,
  created_at bigint not null,
  evidence text not null,
  primary key (entry, revision),
  check (share_class <> 'Conditional' or (length(trim(share_scope)) > 0 and length(trim(share_use)) > 0)),
  check (share_class <> 'Withheld' or (length(trim(share_reason)) > 0 and length(trim(basis_title)) > 0 and length(trim(basis_article)) > 0
    and basis_kind in ('Law', 'AdministrativeRegulation', 'StateCouncilDecision'))),
  check (open_class <> 'Open' or personal = 0),
  check (grade <> 'Important' or (share_class <> 'Unconditional' and open_class <> 'Open'))
);

create table catalog_assessment (
  id text primary key,
  entry text not null references catalog_entry (id),
  revision bigint not null,
  kind text not null check (kind in ('SecrecyRisk', 'PersonalInformationImpact')),
  conclusion text not null check (length(trim(conclusion)) > 0),
  author text not null,
  author_name text not null,
  made_at bigint not null,
  evidence text not null
);
create index catalog_assessment_entry on catalog_assessment (entry, revision);

create table catalog_step (
  id text primary key,
  entry text not null references catalog_entry (id),
  revision bigint not null,
  kind text not null check (kind in ('Submitted', 'Approved', 'Returned', 'Recalled', 'Published', 'Retired')),
  actor text not null,
  actor_name text not null,
  agency text,
  note text not null,
  taken_at bigint not null,
  evidence text not null,
  check (kind not in ('Returned', 'Retired') or length(trim(note)) > 0)
);
create index catalog_step_entry on catalog_step (entry, id);

create table catalog_duty (
  id text primary key,
  entry text not null references catalog_entry (id),
  reason text not null check (length(trim(reason)) > 0),
  occurred_at bigint not null,
  due_at bigint not null,
  due_provisional bigint not null,
  extension text not null check (extension in ('None', 'Asked', 'Granted', 'Denied')),
  extension_reason text not null,
  extension_by text,
  met_at bigint,
  created_by text not null,
  created_at bigint not null
);
create index catalog_duty_entry on catalog_duty (entry, id);
create index catalog_duty_open on catalog_duty (met_at, due_at);

create table catalog_change (
  seq bigint primary key,
  entry text not null,
  made_at bigint not null
);

create table catalog_zero_hit (
  words text primary key,
  hits bigint not null,
  first_at bigint not null,
  last_at bigint not null
);
