create table evidence_witnessed (
  origin text primary key,
  size bigint not null,
  root text not null,
  seen_at bigint not null
);

create table evidence_cosigned (
  origin text not null,
  witness text not null,
  size bigint not null,
  seen_at bigint not null,
  primary key (origin, witness)
);
