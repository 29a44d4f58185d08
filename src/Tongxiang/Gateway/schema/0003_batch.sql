create table gateway_batch (
    id text primary key,
    number text not null unique,
    grant_id text not null,
    grant_number text not null,
    entry_id text not null,
    slug text not null,
    consumer text not null,
    consumer_kind text,
    provider text not null,
    every text not null,
    on_day bigint not null,
    at_hour bigint not null,
    form text not null,
    query text not null,
    is_incremental bigint not null,
    case_number text,
    operative text,
    is_enabled bigint not null,
    code text,
    next_at bigint,
    made_by text not null,
    created_at bigint not null
);
create index gateway_batch_grant on gateway_batch (grant_id);
create index gateway_batch_consumer on gateway_batch (consumer);
create index gateway_batch_provider on gateway_batch (provider);

create table gateway_package (
    batch text not null,
    seq bigint not null,
    id text not null unique,
    state text not null,
    version_number bigint not null,
    version_digest text not null,
    since_number bigint,
    since_digest text,
    parts text not null,
    slice_rows bigint not null,
    wrapped bytea,
    code text,
    args text,
    attempt_at bigint,
    evidence_id text,
    made_at bigint,
    expires_at bigint,
    acknowledged_at bigint,
    removed_at bigint,
    primary key (batch, seq)
);
create index gateway_package_state on gateway_package (state);

create table gateway_discrepancy (
    id text primary key,
    batch text not null,
    seq bigint not null,
    consumer text not null,
    provider text not null,
    differences text not null,
    opened_at bigint not null,
    due_at bigint not null,
    closed_at bigint,
    closed_by text,
    resolution text
);
create index gateway_discrepancy_batch on gateway_discrepancy (batch, seq);
