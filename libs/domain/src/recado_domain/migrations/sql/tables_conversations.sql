-- Contacts, tickets, messages. `message.chat` and `outbox.chat` hold the contact's id: a person has several addresses
-- (phone number, LID), and only the contact stays the same whichever of them WhatsApp happens to use.
create table contact (
    company_id bigint not null references company (id),
    id uuid not null,
    kind text not null check (kind in ('person', 'group')),
    name text,
    push_name text,
    phone text,
    created_at timestamptz not null default now(),
    primary key (company_id, id)
);

create table contact_address (
    company_id bigint not null,
    kind text not null check (kind in ('lid', 'pn', 'group')),
    value text not null check (value <> ''),
    contact_id uuid not null,
    primary key (company_id, kind, value),
    foreign key (company_id, contact_id) references contact (company_id, id)
);
create index contact_address_contact on contact_address (company_id, contact_id);

create table ticket (
    company_id bigint not null,
    id uuid not null,
    connection_id uuid not null,
    contact_id uuid not null,
    queue_id uuid not null,
    status text not null check (status in ('pending', 'open', 'closed')),
    assignee_id uuid,
    unread_count int not null default 0 check (unread_count >= 0),
    message_count bigint not null default 0,
    last_message_at timestamptz not null default now(),
    last_message_preview text not null default '',
    last_message_from_me boolean not null default false,
    last_message_state text not null default '',
    opened_at timestamptz not null default now(),
    closed_at timestamptz,
    primary key (company_id, id),
    foreign key (company_id, connection_id) references connection (company_id, id),
    foreign key (company_id, contact_id) references contact (company_id, id),
    foreign key (company_id, queue_id) references queue (company_id, id),
    foreign key (company_id, assignee_id) references app_user (company_id, id),
    check ((status = 'closed') = (closed_at is not null))
);
create unique index ticket_live on ticket (company_id, connection_id, contact_id) where status <> 'closed';
create index ticket_contact on ticket (company_id, contact_id);
create index ticket_recent on ticket (company_id, last_message_at desc, id desc);
create index ticket_status_recent on ticket (company_id, status, last_message_at desc, id desc);
create index ticket_assignee_recent on ticket (company_id, assignee_id, last_message_at desc, id desc)
    where status <> 'closed';

create table message (
    company_id bigint not null,
    id uuid not null,
    ticket_id uuid not null,
    connection_id uuid not null,
    chat text not null,
    wa_id text,
    from_me boolean not null,
    seq bigint not null,
    kind text not null check (kind in ('text', 'unsupported', 'undecryptable')),
    body text not null default '',
    unsupported_kind text,
    state text not null check (state in ('received', 'queued', 'sending', 'sent', 'delivered', 'read', 'played',
        'failed', 'unknown', 'scheduled', 'cancelled')),
    state_reason text,
    origin text not null check (origin in ('live', 'offline', 'phone', 'recado')),
    sender_user_id uuid,
    sent_at timestamptz not null,
    created_at timestamptz not null default now(),
    primary key (company_id, id),
    unique (company_id, ticket_id, seq),
    foreign key (company_id, ticket_id) references ticket (company_id, id),
    foreign key (company_id, sender_user_id) references app_user (company_id, id),
    check (from_me or state = 'received')
);
-- wa_id stands before chat, so that a receipt finds its message even when it names the chat by another address.
create unique index message_wa_id on message (company_id, connection_id, wa_id, chat, from_me);
