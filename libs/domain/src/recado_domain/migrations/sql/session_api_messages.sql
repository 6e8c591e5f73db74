-- What a session may do, part 3: hand in what came, take what must go, report how that went.

create function session_api.ingest(
    p_epoch bigint, p_keys text[], p_kinds text[], p_raws bytea[], p_received timestamptz[]
) returns int
    language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
    lease public.session_lease := session_api.shared_lease(p_epoch);
    stored int;
begin
    insert into inbox_event (company_id, connection_id, event_key, epoch, kind, raw, received_at)
    select lease.company_id, lease.connection_id, given.key, p_epoch, given.kind, given.raw, given.received
    from unnest(p_keys, p_kinds, p_raws, p_received) with ordinality as given (key, kind, raw, received, place)
    order by given.place
    on conflict (company_id, connection_id, event_key) do nothing;
    get diagnostics stored = row_count;
    return stored;
end
$$;

-- The oldest waiting row of each chat, when it may go now. An earlier row that is being sent or is unconfirmed keeps
-- the later ones of its chat back: order per chat is worth more than speed.
create function session_api.claim_outbound(p_epoch bigint, p_limit int)
    returns table (outbox_id uuid, chat text, to_jid text, body jsonb, attempt int, attempt_key bytea)
    language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
    lease public.session_lease := session_api.exclusive_lease(p_epoch);
begin
    if exists (
        select from connection c
        where c.company_id = lease.company_id and c.id = lease.connection_id and (c.paused or c.deleted_at is not null)
    ) then
        return;  -- at once, not only when the session hears of it with its next heartbeat
    end if;
    return query
        with head as (
            select distinct on (o.chat) o.id, o.state, o.available_at, o.position
            from outbox o
            where o.company_id = lease.company_id and o.connection_id = lease.connection_id
                and o.state in ('queued', 'sending', 'unconfirmed')
            order by o.chat, o.position
        ), due as (
            select h.id from head h where h.state = 'queued' and h.available_at <= clock_timestamp()
            order by h.position limit p_limit
        ), claimed as (
            update outbox o
            set state = 'sending', attempt = o.attempt + 1, epoch = p_epoch, claimed_at = clock_timestamp(),
                wa_id = null,
                -- 32 bytes without an extension: two random UUIDs hold 244 random bits
                attempt_key = sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()))
            from due
            where o.company_id = lease.company_id and o.id = due.id and o.state = 'queued'
            returning o.id, o.chat, o.to_jid, o.body, o.attempt, o.attempt_key, o.position
        )
        select c.id, c.chat, c.to_jid, c.body, c.attempt, c.attempt_key from claimed c order by c.position;
end
$$;

-- What an earlier session left behind, and what this one claimed without hearing the answer (the connection broke after
-- the commit): call it when nothing is in flight.
create function session_api.unresolved_outbound(p_epoch bigint)
    returns table (outbox_id uuid, chat text, attempt_key bytea, wa_id text, state text)
    language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
    lease public.session_lease := session_api.exclusive_lease(p_epoch);
begin
    return query
        with adopted as (
            update outbox o set epoch = p_epoch
            where o.company_id = lease.company_id and o.connection_id = lease.connection_id
                and (o.state = 'sending' and o.epoch <= p_epoch or o.state = 'unconfirmed' and o.epoch < p_epoch)
            returning o.id, o.chat, o.attempt_key, o.wa_id, o.state, o.position
        )
        select a.id, a.chat, a.attempt_key, a.wa_id, a.state from adopted a order by a.position;
end
$$;

-- Says how an attempt went. A repeated or late report changes nothing: only rows in flight of this epoch move. A
-- message that was refused because the number is limited waits twice as long as the number itself does after its first
-- refusal: when the number may speak again, another chat is tried first. One contact that WhatsApp refuses for ever
-- must not keep all the others waiting.
create function session_api.report_outbound(
    p_epoch bigint, p_outbox_id uuid, p_outcome text, p_wa_id text, p_reason text, p_at timestamptz
) returns void
    language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
    lease public.session_lease := session_api.exclusive_lease(p_epoch);
    next_state constant text := case p_outcome
        when 'sent' then 'done' when 'not_sent' then 'queued' when 'rejected' then 'failed'
        when 'no_recipient' then 'failed' when 'uncertain' then 'unconfirmed' when 'unknown' then 'unknown' end;
    reported public.outbox;
begin
    if next_state is null then
        raise exception 'Outcome % is none of sent, not_sent, rejected, no_recipient, uncertain, unknown.', p_outcome
            using errcode = 'RCD02';
    end if;
    update outbox o
    set state = next_state, wa_id = coalesce(p_wa_id, o.wa_id),
        available_at = case
            when p_outcome = 'not_sent' and p_reason = 'reach_out_restricted'
                then clock_timestamp() + interval '2 minutes' * 2 ^ least(o.attempt - 1, 6)
            when p_outcome = 'not_sent' then clock_timestamp() + interval '2 seconds'
            else o.available_at end
    where o.company_id = lease.company_id and o.connection_id = lease.connection_id and o.id = p_outbox_id
        and o.epoch = p_epoch and o.state in ('sending', 'unconfirmed')
    returning o.* into reported;
    if not found then
        return;
    end if;
    insert into inbox_event (company_id, connection_id, event_key, epoch, kind, raw, received_at)
    values (
        lease.company_id, lease.connection_id,
        format('outbound:%s:%s:%s', p_outbox_id, reported.attempt, p_outcome), p_epoch, 'outbound_report',
        convert_to(jsonb_build_object(
            'message_id', reported.message_id, 'outcome', p_outcome, 'wa_id', reported.wa_id, 'reason', p_reason,
            'at', coalesce(p_at, clock_timestamp()))::text, 'UTF8'),
        coalesce(p_at, clock_timestamp()))
    on conflict (company_id, connection_id, event_key) do nothing;
end
$$;

grant execute on function
    session_api.ingest(bigint, text[], text[], bytea[], timestamptz[]),
    session_api.claim_outbound(bigint, int),
    session_api.unresolved_outbound(bigint),
    session_api.report_outbound(bigint, uuid, text, text, text, timestamptz)
    to recado_session;
