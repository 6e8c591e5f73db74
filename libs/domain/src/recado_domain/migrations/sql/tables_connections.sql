-- A connection is one WhatsApp number; its lease says which process, by epoch, may speak for it.
create table connection (
    company_id bigint not null references company (id),
    id uuid not null,
    name text not null check (name <> ''),
    display_name text not null check (display_name <> ''),
    state text not null default 'stopped',
    state_reason text not null default '',
    state_since timestamptz not null default now(),
    phone text,
    jid text,
    lid text,
    platform text,
    paused boolean not null default false,
    pairing_requested_at timestamptz,
    pairing_phone text, -- to link it by a code that is typed; NULL: by QR code
    managed_by text not null default 'recado',
    capabilities jsonb not null default '{}',
    created_at timestamptz not null default now(),
    orphaned_at timestamptz, -- when its resource went and it was to be retained
    deleted_at timestamptz,
    primary key (company_id, id),
    check (state in ('starting', 'qr', 'pairing', 'passkey_required', 'online', 'degraded', 'reconnecting',
        'restricted', 'banned', 'replaced', 'outdated', 'logged_out', 'failed', 'stopped'))
);

create table session_lease (
    company_id bigint not null,
    connection_id uuid not null unique,
    role_name text not null unique,
    epoch bigint not null default 0,
    state text,
    reason text not null default '',
    metrics jsonb not null default '{}',
    started_at timestamptz,
    heartbeat_at timestamptz,
    exit_code int,
    logout_requested_at timestamptz,
    primary key (company_id, connection_id),
    foreign key (company_id, connection_id) references connection (company_id, id)
);

create table pairing (
    company_id bigint not null,
    connection_id uuid not null,
    epoch bigint not null,
    qr text,
    code text,
    expires_at timestamptz not null,
    round int not null,
    primary key (company_id, connection_id),
    foreign key (company_id, connection_id) references connection (company_id, id),
    constraint pairing_one_code check (num_nonnulls(qr, code) = 1)
);
