create table gateway_resource_use (
    entry_id text not null,
    day text not null,
    origin text not null,
    calls bigint not null,
    row_count bigint not null,
    primary key (entry_id, day, origin)
);
create index gateway_resource_use_day on gateway_resource_use (day);
