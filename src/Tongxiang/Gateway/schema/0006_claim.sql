create table gateway_claim (
    grant_id text not null,
    day text not null,
    kind text not null check (kind in ('subject', 'claim')),
    about bigint not null,
    other bigint not null,
    primary key (grant_id, day, kind, about, other)
);
create index gateway_claim_day on gateway_claim (day);
