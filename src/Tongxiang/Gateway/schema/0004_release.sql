create table gateway_release (
    id text primary key,
    grant_id text not null,
    grant_number text not null,
    entry_id text not null,
    slug text not null,
    version_number bigint not null,
    consumer text not null,
    actor text not null,
    mode text not null,
    form text not null,
    query bytea not null,
    block_rows bigint not null,
    has_order bigint not null,
    receipt text,
    package text,
    at bigint not null
);
create index gateway_release_slug on gateway_release (slug, at);
