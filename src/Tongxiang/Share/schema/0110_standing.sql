create table share_standing (
  id text primary key,
  number text not null unique,
  entry text not null,
  provider text not null,
  state text not null check (state in ('Drafted', 'Signed', 'Revoked')),
  revision bigint not null,
  rule text not null,
  drafted_by text not null,
  drafted_at bigint not null,
  until_at bigint not null,
  signed_by text,
  signer_name text,
  on_behalf text,
  signed_at bigint,
  proof text,
  revoked_at bigint,
  reason text,
  answers bigint not null,
  changed_at bigint not null,
  -- Two people: who drafts does not sign, and nothing is signed without its evidence.
  check (signed_by is null or signed_by <> drafted_by),
  check ((signed_by is null) = (proof is null)),
  check (state <> 'Signed' or proof is not null),
  check (state <> 'Revoked' or length(reason) > 0)
);
create index share_standing_entry on share_standing (entry, state);
create index share_standing_provider on share_standing (provider, changed_at);

create table share_standing_look (
  application text primary key references share_application (id),
  standing text references share_standing (id),
  differences text not null,
  at bigint not null
);

create table share_standing_use (
  application text primary key references share_application (id),
  standing text not null references share_standing (id),
  at bigint not null,
  is_sampled bigint not null check (is_sampled in (0, 1)),
  verdict text check (verdict in ('Fits', 'Misfits')),
  note text,
  reviewed_by text,
  reviewed_at bigint,
  check ((verdict is null) = (reviewed_by is null)),
  check (verdict is null or verdict <> 'Misfits' or length(note) > 0)
);
create index share_standing_use_standing on share_standing_use (standing, at);

create table share_clearance (
  agency text primary key,
  grade text not null check (grade in ('General1', 'General2', 'General3', 'General4', 'Important')),
  reason text not null check (length(reason) > 0),
  revision bigint not null,
  set_by text not null,
  set_at bigint not null
);
