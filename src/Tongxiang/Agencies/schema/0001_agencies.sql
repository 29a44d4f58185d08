create table agencies_division (
  list text not null check (list in ('national', 'demonstration')),
  code text not null,
  valid_from text not null,
  valid_to text,
  name text not null,
  name_en text,
  primary key (list, code, valid_from)
);

create table agencies_agency (
  id text primary key,
  slug text not null unique,
  credit_code text not null,
  name text not null,
  name_en text not null,
  kind text not null check (kind in ('Department', 'Bureau', 'PublicBody', 'ByReference', 'Company')),
  division text not null,
  bureau text references agencies_agency (id),
  phone text,
  email text,
  created_at bigint not null
);

create table agencies_person (
  id text primary key,
  user_name text not null,
  normal_name text not null unique,
  name text not null,
  agency text references agencies_agency (id),
  email text,
  password_hash text,
  security_stamp text not null,
  password_at bigint,
  is_enabled bigint not null default 1,
  created_at bigint not null
);
create index agencies_person_agency on agencies_person (agency);

create table agencies_role (
  person text not null references agencies_person (id),
  role text not null check (role in ('Steward', 'SharingOfficeHead', 'AgencyHead', 'BureauReviewer', 'BureauHead', 'SystemAdmin', 'SecurityAdmin',
    'AuditAdmin', 'Operative', 'Expert', 'Vendor', 'CompanyUser', 'Citizen', 'Broker')),
  given_by text not null,
  given_at bigint not null,
  primary key (person, role)
);

create table agencies_appointment (
  id text primary key,
  agency text not null references agencies_agency (id),
  person text not null references agencies_person (id),
  from_at bigint not null,
  until_at bigint,
  given_by text not null
);
create unique index agencies_appointment_current on agencies_appointment (agency) where until_at is null;

create table agencies_certificate (
  id text primary key,
  person text not null references agencies_person (id),
  kind text not null,
  number text not null,
  issuer text not null,
  valid_from text not null,
  valid_to text
);
create index agencies_certificate_person on agencies_certificate (person);

create table agencies_client (
  id text primary key,
  client_id text not null unique,
  name text not null,
  agency text references agencies_agency (id),
  owner text references agencies_person (id),
  is_enabled bigint not null default 1,
  tokens_after bigint not null,
  created_at bigint not null
);
create index agencies_client_agency on agencies_client (agency);

create table agencies_client_key (
  client text not null references agencies_client (id),
  kid text not null,
  jwk text not null,
  added_at bigint not null,
  until_at bigint,
  primary key (client, kid)
);

create table agencies_assertion (
  client_id text not null,
  jti text not null,
  until_at bigint not null,
  primary key (client_id, jti)
);
create index agencies_assertion_until on agencies_assertion (until_at);

create table agencies_attempt (
  subject text primary key,
  failures bigint not null,
  since_at bigint not null,
  until_at bigint not null
);

create table agencies_session_end (
  session text primary key,
  until_at bigint not null
);

create table agencies_calendar_year (
  year bigint primary key,
  source text not null,
  grade text not null check (grade in ('A', 'B', 'C')),
  off text not null,
  working text not null
);

create table agencies_rule_local (
  rule text not null,
  valid_from text not null,
  value bigint not null,
  source text not null,
  set_by text not null,
  set_at bigint not null,
  primary key (rule, valid_from)
);

create table agencies_change (
  number bigint primary key,
  kind text not null,
  subject text not null,
  changed_at bigint not null
);
