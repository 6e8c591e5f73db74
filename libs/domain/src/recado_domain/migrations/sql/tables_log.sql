-- Streams of events that browsers follow, background work, and answers kept for repeated requests.
create table stream (
    company_id bigint not null references company (id),
    name text not null,
    head bigint not null default 0,
    primary key (company_id, name)
);

create table event (
    company_id bigint not null,
    stream text not null,
    seq bigint not null,
    type text not null,
    payload jsonb not null,
    created_at timestamptz not null default now(),
    primary key (company_id, stream, seq),
    foreign key (company_id, stream) references stream (company_id, name)
);
create index event_created on event (company_id, created_at);

create table job (
    company_id bigint not null references company (id),
    id uuid not null,
    kind text not null,
    key text not null,
    payload jsonb not null default '{}',
    state text not null default 'queued' check (state in ('queued', 'running', 'done', 'dead')),
    attempts int not null default 0,
    available_at timestamptz not null default now(),
    locked_until timestamptz,
    error text,
    created_at timestamptz not null default now(),
    primary key (company_id, id)
);
create unique index job_waiting on job (company_id, kind, key) where state = 'queued';

create table idempotency_key (
    company_id bigint not null,
    user_id uuid not null,
    key text not null,
    request_hash bytea not null,
    status int not null,
    response jsonb not null,
    created_at timestamptz not null default now(),
    primary key (company_id, user_id, key),
    foreign key (company_id, user_id) references app_user (company_id, id) on delete cascade
);
create index idempotency_key_created on idempotency_key (company_id, created_at);
