create table agencies_external_person (
  issuer text not null,
  staff_id text not null,
  person text not null references agencies_person (id),
  linked_by text not null,
  linked_at bigint not null,
  primary key (issuer, staff_id),
  unique (issuer, person)
);

create table agencies_external_session (
  session text primary key,
  issuer text not null,
  subject text not null,
  external_session text,
  until_at bigint not null
);
create index agencies_external_session_subject on agencies_external_session (issuer, subject);

create table agencies_logout_token (
  issuer text not null,
  jti text not null,
  until_at bigint not null,
  primary key (issuer, jti)
);
