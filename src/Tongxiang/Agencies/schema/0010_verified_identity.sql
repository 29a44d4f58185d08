create table agencies_identity (
  person text primary key,
  print text not null unique,
  sealed bytea not null,
  document text not null,
  verified_by text not null,
  verified_at bigint not null
);
