create table gateway_use (
    grant_id text not null,
    day text not null,
    calls bigint not null,
    row_count bigint not null,
    primary key (grant_id, day)
);
