create table feedback_showcase (
  id text primary key,
  title text not null,
  kind text not null check (kind in ('App', 'Website', 'Report', 'Research', 'Service')),
  summary text not null,
  -- Becomes a link on a public page: no other scheme may ever stand here, whoever wrote the row.
  address text not null check (address like 'http://%' or address like 'https://%'),
  datasets text not null,
  contact text not null,
  proposer text not null,
  agency text,
  digest text not null,
  state text not null check (state in ('Proposed', 'Shown', 'Declined', 'Withdrawn')),
  reason text not null,
  decided_by text,
  revision bigint not null,
  created_at bigint not null,
  decided_at bigint,
  check ((state = 'Proposed') = (decided_at is null) and (state = 'Proposed') = (decided_by is null)),
  check (state <> 'Declined' or length(reason) > 0)
);
create index feedback_showcase_state on feedback_showcase (state, id);
create index feedback_showcase_proposer on feedback_showcase (proposer, id);
-- A second click is not a second proposal; what was declined or withdrawn may come again.
create unique index feedback_showcase_same on feedback_showcase (proposer, digest) where state in ('Proposed', 'Shown');

create table feedback_showcase_entry (
  entry text not null,
  showcase text not null references feedback_showcase (id),
  primary key (entry, showcase)
);
