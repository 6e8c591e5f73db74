-- What a session may do, part 2: link a phone. It may be linked by a code that somebody types on it. WhatsApp makes
-- such a code for one number, so the number is what the session must know; without one it shows QR codes.

create function session_api.pairing_phone(p_epoch bigint) returns text
    language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
    lease public.session_lease := session_api.shared_lease(p_epoch);
begin
    return (select c.pairing_phone from connection c
        where c.company_id = lease.company_id and c.id = lease.connection_id);
end
$$;

create function session_api.keep_code(p_epoch bigint, p_qr text, p_code text, p_expires_at timestamptz, p_round int)
    returns void
    language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
    lease public.session_lease := session_api.exclusive_lease(p_epoch);
begin
    insert into pairing (company_id, connection_id, epoch, qr, code, expires_at, round)
    values (lease.company_id, lease.connection_id, p_epoch, p_qr, p_code, p_expires_at, p_round)
    on conflict (company_id, connection_id) do update
        set epoch = excluded.epoch, qr = excluded.qr, code = excluded.code, expires_at = excluded.expires_at,
            round = excluded.round;
    update connection set pairing_requested_at = null
    where company_id = lease.company_id and id = lease.connection_id and pairing_requested_at is not null;
end
$$;

create function session_api.publish_qr(p_epoch bigint, p_text text, p_expires_at timestamptz, p_round int)
    returns void
    language sql security definer set search_path = pg_catalog, public, pg_temp as $$
    select session_api.keep_code(p_epoch, p_text, null, p_expires_at, p_round)
$$;

create function session_api.publish_code(p_epoch bigint, p_text text, p_expires_at timestamptz, p_round int)
    returns void
    language sql security definer set search_path = pg_catalog, public, pg_temp as $$
    select session_api.keep_code(p_epoch, null, p_text, p_expires_at, p_round)
$$;

create function session_api.linked(p_epoch bigint, p_jid text, p_lid text, p_platform text) returns void
    language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
    lease public.session_lease := session_api.exclusive_lease(p_epoch);
begin
    update connection
    set jid = p_jid, lid = p_lid, platform = p_platform, phone = '+' || substring(p_jid from '^[0-9]+'),
        pairing_requested_at = null
    where company_id = lease.company_id and id = lease.connection_id;
    delete from pairing where company_id = lease.company_id and connection_id = lease.connection_id;
    -- The phone number is news for browsers even when the state stays as it was.
    perform session_api.append_state(lease, coalesce(lease.state, 'pairing'), lease.reason);
end
$$;

grant execute on function
    session_api.pairing_phone(bigint),
    session_api.publish_qr(bigint, text, timestamptz, int),
    session_api.publish_code(bigint, text, timestamptz, int),
    session_api.linked(bigint, text, text, text)
    to recado_session;
