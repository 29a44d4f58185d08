-- One row a department and period: the bureau's naming of a source department (Order 809 art. 19).
create table catalog_source_element (
  element text primary key,
  changes bigint not null
);

create table catalog_source (
  id text primary key,
  element text not null references catalog_source_element (element),
  segment_field text not null,
  segment text not null,
  department text not null,
  bureau text not null,
  ground text not null,
  valid_from text not null,
  valid_to text not null,
  -- Where the namings of one segment follow each other: each begins after the end of the one before, so that two at once cannot be stored.
  previous_to text,
  revision bigint not null,
  appointed_by text not null,
  appointed_at bigint not null,
  ended_by text,
  ended_at bigint,
  end_reason text,
  check ((segment_field = '') = (segment = '*')),
  check (length(ground) > 0),
  check (valid_to >= valid_from),
  check (previous_to is null or previous_to < valid_from),
  check (ended_at is null or length(end_reason) > 0),
  unique (element, segment_field, segment, valid_to),
  unique (element, segment_field, segment, previous_to),
  foreign key (element, segment_field, segment, previous_to) references catalog_source (element, segment_field, segment, valid_to) on update cascade
);
create unique index catalog_source_first on catalog_source (element, segment_field, segment) where previous_to is null;
create index catalog_source_period on catalog_source (element, valid_from);
create index catalog_source_department on catalog_source (department, element);

create table catalog_source_assist (
  source text not null references catalog_source (id),
  agency text not null,
  duty text not null,
  named_by text not null,
  named_at bigint not null,
  primary key (source, agency),
  check (length(duty) > 0)
);
