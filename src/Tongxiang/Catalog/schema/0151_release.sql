-- Results of the release gate that pass: without one, no open content about persons can stand in a row (GB/T 42460-2023).
create table catalog_release (
  id text primary key,
  entry text not null references catalog_entry (id),
  fields text not null check (length(fields) = 64),
  level bigint not null check (level in (3, 4)),
  smallest bigint not null check (smallest > 0),
  threshold_percent bigint not null check (threshold_percent between 1 and 100),
  made_at bigint not null,
  -- The largest risk is one over the smallest class; it may not exceed the threshold.
  check (smallest * threshold_percent >= 100)
);
create index catalog_release_entry on catalog_release (entry);

alter table catalog_revision add column release text references catalog_release (id);
-- "personal" says from here on: about persons and not released; "persons" says: about persons.
alter table catalog_revision add column persons bigint not null default 0
  check (persons in (0, 1) and (persons = 0 or open_class <> 'Open' or release is not null));
