-- The head a deputy signed for.
alter table catalog_step add column on_behalf_of text;

-- One pair of assessments and one signature for a list of entries; every entry keeps its own steps and evidence.
create table catalog_signing (
  id text primary key,
  number text not null unique,
  agency text not null,
  title text not null check (length(trim(title)) > 0),
  secrecy_risk text not null check (length(trim(secrecy_risk)) > 0),
  personal_impact text not null check (length(trim(personal_impact)) > 0),
  state text not null check (state in ('Open', 'Signed', 'Withdrawn')),
  revision bigint not null check (revision > 0),
  made_by text not null,
  made_by_name text not null,
  made_at bigint not null,
  signed_by text,
  signed_by_name text,
  on_behalf_of text,
  signed_at bigint,
  evidence text not null,
  check ((state = 'Signed') = (signed_at is not null and signed_by is not null))
);
create index catalog_signing_agency on catalog_signing (agency, id);

create table catalog_signing_item (
  signing text not null references catalog_signing (id),
  entry text not null references catalog_entry (id),
  revision bigint not null,
  code text not null,
  name text not null,
  state text not null check (state in ('Listed', 'TakenOut', 'Signed', 'Failed')),
  reason text not null,
  changed_at bigint not null,
  evidence text,
  primary key (signing, entry),
  check (state not in ('TakenOut', 'Failed') or length(trim(reason)) > 0),
  check (state <> 'Signed' or evidence is not null)
);
-- An entry waits for one signature at a time.
create unique index catalog_signing_listed on catalog_signing_item (entry) where state = 'Listed';

-- What a department runs, must do and should catalogue.
create table catalog_inventory (
  id text primary key,
  agency text not null,
  kind text not null check (kind in ('System', 'Duty', 'Resource')),
  name text not null check (length(trim(name)) > 0),
  purpose text not null,
  basis text not null,
  run_by text not null,
  parent text references catalog_inventory (id),
  attaches bigint not null check (attaches in (0, 1)),
  opens bigint not null check (opens in (0, 1)),
  entry text references catalog_entry (id),
  revision bigint not null check (revision > 0),
  made_by text not null,
  made_at bigint not null,
  changed_at bigint not null,
  ended_at bigint,
  end_reason text not null,
  check (kind = 'Resource' or (length(trim(basis)) > 0 and parent is null and entry is null and attaches = 0 and opens = 0)),
  check (kind <> 'System' or length(trim(run_by)) > 0),
  check (ended_at is null or length(trim(end_reason)) > 0)
);
create unique index catalog_inventory_name on catalog_inventory (agency, kind, name) where ended_at is null;

-- The yearly sharing and opening plan.
create table catalog_plan (
  year bigint not null,
  bureau text not null,
  published_at bigint not null,
  published_by text not null,
  evidence text not null,
  primary key (year, bureau)
);

create table catalog_plan_item (
  id text primary key,
  year bigint not null check (year between 2000 and 2100),
  agency text not null,
  kind text not null check (kind in ('Catalogue', 'Attach', 'Share', 'Open')),
  name text not null check (length(trim(name)) > 0),
  due_on text not null,
  entry text references catalog_entry (id),
  state text not null check (state in ('Planned', 'Done', 'Dropped')),
  reason text not null,
  done_at bigint,
  proof text,
  revision bigint not null check (revision > 0),
  made_by text not null,
  made_at bigint not null,
  -- Nobody ticks an item off: it is done by an event that is proven.
  check ((state = 'Done') = (done_at is not null and proof is not null and entry is not null)),
  check (state <> 'Dropped' or length(trim(reason)) > 0)
);
create unique index catalog_plan_item_name on catalog_plan_item (year, agency, kind, name) where state <> 'Dropped';
create index catalog_plan_item_open on catalog_plan_item (state, year);

-- Lists that were handed in and wait for a yes to all of their good lines.
create table catalog_import (
  id text primary key,
  agency text not null,
  target text not null check (target in ('Inventory', 'Plan')),
  content text not null,
  digest text not null,
  state text not null check (state in ('Checked', 'Taken', 'Dropped')),
  taken bigint not null,
  made_by text not null,
  made_at bigint not null,
  decided_at bigint,
  evidence text not null,
  check ((state = 'Checked') = (decided_at is null))
);
create index catalog_import_agency on catalog_import (agency, id);
