-- A connection that goes takes its device out of the phone's list. Only the session can do that, so it is asked to: the
-- wish stands in the lease, outlives processes, and is heard with hello and with every heartbeat.
alter table session_lease add column logout_requested_at timestamptz;

-- May be repeated: the first time counts.
create function operator_api.request_logout(p_connection uuid) returns void
    language sql security definer set search_path = pg_catalog, public, pg_temp as $$
    update session_lease set logout_requested_at = coalesce(logout_requested_at, clock_timestamp())
    where connection_id = p_connection
$$;

-- Dropped and made again because they answer one column more; older sessions ignore it.
drop function session_api.hello(bigint);
create function session_api.hello(p_epoch bigint)
    returns table (
        company_id bigint, connection_id uuid, name text, jid text, paused boolean, logout_requested boolean)
    language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
    lease public.session_lease := session_api.shared_lease(p_epoch);
begin
    perform pg_terminate_backend(activity.pid, 5000) from pg_stat_activity activity
    where activity.usename = session_user and activity.pid <> pg_backend_pid()
        and activity.backend_start < lease.started_at;
    return query
        select c.company_id, c.id, c.name, c.jid, c.paused, lease.logout_requested_at is not null from connection c
        where c.company_id = lease.company_id and c.id = lease.connection_id;
end
$$;

drop function session_api.heartbeat(bigint, text, text, jsonb);
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

-- As before, and a device that was unlinked fulfils the wish.
create or replace function session_api.ended(p_epoch bigint, p_state text, p_reason text, p_exit_code int) returns void
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

-- As before, and where a device should have been unlinked and was not, the connection says so for good: somebody with
-- the phone must remove it under Linked devices.
create or replace function operator_api.remove_connection(p_connection uuid) returns void
    language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
    role_name constant text := operator_api.role_of(p_connection);
    lease public.session_lease;
    linked boolean;
begin
    perform operator_api.take_turn(p_connection);
    if exists (select from pg_roles where rolname = role_name) then
        perform operator_api.fence(p_connection);
    end if;
    delete from session_lease where connection_id = p_connection returning * into lease;
    if found then
        select c.jid is not null into linked from connection c
        where c.company_id = lease.company_id and c.id = lease.connection_id for update;
        update connection set deleted_at = coalesce(deleted_at, clock_timestamp()), jid = null, lid = null
        where company_id = lease.company_id and id = lease.connection_id;
        delete from pairing where company_id = lease.company_id and connection_id = lease.connection_id;
        perform session_api.append_state(lease, 'stopped',
            case when linked and lease.logout_requested_at is not null then 'removed:unlink_pending' else 'removed' end);
    end if;
    execute format('drop schema if exists %I cascade', role_name);
    execute format('drop role if exists %I', role_name);
end
$$;

grant execute on function operator_api.request_logout(uuid) to recado_operator;
grant execute on function session_api.hello(bigint), session_api.heartbeat(bigint, text, text, jsonb)
    to recado_session;
