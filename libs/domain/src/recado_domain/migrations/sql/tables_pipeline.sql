-- What came in and is not applied yet, what must go out and is not confirmed yet.
create table inbox_event (
    company_id bigint not null,
    id bigint generated always as identity,
    connection_id uuid not null,
    event_key text not null,
    epoch bigint not null,
    kind text not null,
    raw bytea not null,
    received_at timestamptz not null,
    stored_at timestamptz not null default now(),
    state text not null default 'new' check (state in ('new', 'done', 'quarantined')),
    reason text,
    primary key (company_id, id),
    unique (company_id, connection_id, event_key),
    foreign key (company_id, connection_id) references connection (company_id, id)
);
create index inbox_event_new on inbox_event (company_id, connection_id, id) where state = 'new';

create table outbox (
    company_id bigint not null,
    id uuid not null,
    connection_id uuid not null,
    message_id uuid not null,
    chat text not null,
    to_jid text not null,
    body jsonb not null,
    state text not null default 'queued'
        check (state in ('queued', 'sending', 'unconfirmed', 'done', 'failed', 'unknown', 'cancelled')),
    attempt int not null default 0,
    attempt_key bytea,
    epoch bigint,
    wa_id text,
    available_at timestamptz not null default now(),
    claimed_at timestamptz,
    created_at timestamptz not null default now(),
    position bigint generated always as identity,
    primary key (company_id, id),
    unique (company_id, message_id),
    foreign key (company_id, connection_id) references connection (company_id, id),
    foreign key (company_id, message_id) references message (company_id, id)
);
create index outbox_waiting on outbox (company_id, connection_id, chat, position)
    where state in ('queued', 'sending', 'unconfirmed');

create index outbox_wa_id on outbox (company_id, connection_id, wa_id) where wa_id is not null;

-- A receipt may overtake the report that says which of our messages it belongs to; it waits here for that report.
create table early_receipt (
    company_id bigint not null,
    connection_id uuid not null,
    wa_id text not null,
    state text not null check (state in ('delivered', 'read', 'played')),
    at timestamptz not null,
    primary key (company_id, connection_id, wa_id),
    foreign key (company_id, connection_id) references connection (company_id, id)
);
create index early_receipt_at on early_receipt (company_id, at);
