-- What a session may do, part 1: its lease. The caller is known by the role it logged in with (session_user); every
-- call names its epoch and fails with RCD01 when another session took over. Locks on the lease row order a call against
-- a take-over: whichever commits first wins, and the loser sees it.

create function session_api.shared_lease(p_epoch bigint) returns public.session_lease
    language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
    lease public.session_lease;
begin
    select * into lease from session_lease where role_name = session_user::text for share;
    if lease.epoch is distinct from p_epoch then
        raise exception 'Epoch % of % is over (now %). Another session took over: stop at once.',
            p_epoch, session_user, lease.epoch using errcode = 'RCD01';
    end if;
    return lease;
end
$$;

create function session_api.exclusive_lease(p_epoch bigint) returns public.session_lease
    language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
    perform from session_lease where role_name = session_user::text for no key update;
    return session_api.shared_lease(p_epoch);
end
$$;

create function session_api.append_state(
    p_lease public.session_lease, p_state text, p_reason text
) returns void
    language sql security definer set search_path = pg_catalog, public, pg_temp as $$
    insert into inbox_event (company_id, connection_id, event_key, epoch, kind, raw, received_at)
    values (
        p_lease.company_id, p_lease.connection_id, 'state:' || gen_random_uuid(), p_lease.epoch, 'session_state',
        convert_to(jsonb_build_object(
            'state', p_state, 'reason', p_reason, 'epoch', p_lease.epoch, 'at', clock_timestamp())::text, 'UTF8'),
        clock_timestamp())
$$;

-- The first call of a session, which makes its store. Backends of this role that were opened before the take-over are ended here once more:
-- one may have logged in with the old password while the take-over was not committed yet.
create function session_api.hello(p_epoch bigint)
    returns table (
        company_id bigint, connection_id uuid, name text, jid text, paused boolean, logout_requested boolean)
    language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
    lease public.session_lease := session_api.shared_lease(p_epoch);
begin
    perform operator_api.end_backends(session_user, lease.started_at);
    perform operator_api.make_store(session_user);
    return query
        select c.company_id, c.id, c.name, c.jid, c.paused, lease.logout_requested_at is not null from connection c
        where c.company_id = lease.company_id and c.id = lease.connection_id;
end
$$;

create function session_api.heartbeat(p_epoch bigint, p_state text, p_reason text, p_metrics jsonb)
    returns table (paused boolean, pairing_requested boolean, logout_requested boolean)
    language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
    lease public.session_lease := session_api.exclusive_lease(p_epoch);
begin
    update session_lease s
    set state = p_state, reason = coalesce(p_reason, ''), metrics = coalesce(p_metrics, '{}'),
        heartbeat_at = clock_timestamp()
    where s.company_id = lease.company_id and s.connection_id = lease.connection_id;
    if (lease.state, lease.reason) is distinct from (p_state, coalesce(p_reason, '')) then
        perform session_api.append_state(lease, p_state, coalesce(p_reason, ''));
    end if;
    return query
        select c.paused or c.deleted_at is not null, c.pairing_requested_at is not null,
            lease.logout_requested_at is not null
        from connection c
        where c.company_id = lease.company_id and c.id = lease.connection_id;
end
$$;

-- A device that was unlinked fulfils the wish that it be.
create function session_api.ended(p_epoch bigint, p_state text, p_reason text, p_exit_code int) returns void
    language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
    lease public.session_lease := session_api.exclusive_lease(p_epoch);
begin
    update session_lease s
    set state = p_state, reason = coalesce(p_reason, ''), exit_code = p_exit_code, heartbeat_at = clock_timestamp(),
        logout_requested_at = case when p_state = 'logged_out' then null else s.logout_requested_at end
    where s.company_id = lease.company_id and s.connection_id = lease.connection_id;
    if p_state = 'logged_out' then
        update connection set jid = null, lid = null where company_id = lease.company_id and id = lease.connection_id;
    end if;
    delete from pairing where company_id = lease.company_id and connection_id = lease.connection_id;
    perform session_api.append_state(lease, p_state, coalesce(p_reason, ''));
end
$$;

grant execute on function
    session_api.hello(bigint),
    session_api.heartbeat(bigint, text, text, jsonb),
    session_api.ended(bigint, text, text, int)
    to recado_session;
