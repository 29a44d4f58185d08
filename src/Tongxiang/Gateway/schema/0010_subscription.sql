create table gateway_subscription (
    grant_id text primary key,
    client text not null,
    url text not null,
    secret bytea not null,
    payload text not null check (payload in ('Rows', 'Reference')),
    case_number text not null,
    operator text not null,
    is_enabled bigint not null check (is_enabled in (0, 1)),
    seq bigint not null,
    skip bigint not null,
    held text,
    next_at bigint not null,
    created_at bigint not null,
    changed_at bigint not null
);

create table gateway_delivery (
    grant_id text not null,
    from_seq bigint not null,
    from_skip bigint not null,
    event text not null,
    state text not null check (state in ('Waiting', 'Sent', 'Dead')),
    attempts bigint not null,
    last_error text,
    row_count bigint not null,
    next_at bigint not null,
    created_at bigint not null,
    done_at bigint,
    primary key (grant_id, from_seq, from_skip)
);
create index gateway_delivery_state on gateway_delivery (grant_id, state, from_seq, from_skip);
