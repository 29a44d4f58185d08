create table gateway_limit (
    scope text not null check (scope in ('Client', 'Department', 'Resource')),
    id text not null,
    calls_per_minute bigint,
    calls_per_day bigint,
    rows_per_day bigint,
    reason text not null,
    set_by text not null,
    set_at bigint not null,
    primary key (scope, id)
);
create table gateway_scope_use (
    scope text not null,
    id text not null,
    day text not null,
    calls bigint not null,
    row_count bigint not null,
    primary key (scope, id, day)
);
