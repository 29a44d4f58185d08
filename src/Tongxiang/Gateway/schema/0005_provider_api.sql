create table gateway_provider_api (
    entry_id text not null,
    revision bigint not null,
    slug text not null,
    agency text not null,
    state text not null,
    address text not null,
    parameters text not null,
    items text not null,
    fields text not null,
    auth text not null,
    auth_name text,
    secret bytea,
    timeout_ms bigint not null,
    most_bytes bigint not null,
    most_rows bigint not null,
    tells_context bigint not null,
    proposed_by text not null,
    proposed_at bigint not null,
    decided_by text,
    decided_at bigint,
    primary key (entry_id, revision)
);
create index gateway_provider_api_agency on gateway_provider_api (agency);

create table gateway_provider_alarm (
    entry_id text not null,
    code text not null,
    detail text not null,
    first_at bigint not null,
    last_at bigint not null,
    times bigint not null,
    primary key (entry_id, code)
);
