-- What the operator may do: declare connections, hand them from one process to the next, watch and remove them.
create function operator_api.role_of(p_connection uuid) returns text
    language sql immutable return 'wa_' || replace(p_connection::text, '-', '');

create function operator_api.end_backends(p_role text) returns void
    language sql security definer set search_path = pg_catalog, public, pg_temp as $$
    select pg_terminate_backend(pid, 5000) from pg_stat_activity where usename = p_role and pid <> pg_backend_pid()
$$;

-- Operators take turns on one connection: two that alter one role at the same time would fail, not wait.
create function operator_api.take_turn(p_connection uuid) returns void
    language sql security definer set search_path = pg_catalog, public, pg_temp as $$
    select pg_advisory_xact_lock(hashtextextended('operator_api:' || p_connection, 0))
$$;

-- A role and a schema for the engine's store. The owner takes part in the role so that it may end its backends.
create function operator_api.make_role(p_role text) returns void
    language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
    if not exists (select from pg_roles where rolname = p_role) then
        execute format('create role %I nologin inherit in role recado_session', p_role);
        execute format('grant %I to recado_owner', p_role);
        execute format('alter role %I set search_path = %I', p_role, p_role);
    end if;
    if not exists (select from pg_namespace where nspname = p_role) then
        execute format('create schema %I', p_role);
        execute format('grant usage, create on schema %I to %I', p_role, p_role);
    end if;
end
$$;

-- Idempotent. Answers NULL when the connection was removed: a manifest that lives longer must not bring it back.
create function operator_api.declare_connection(
    p_company bigint, p_connection uuid, p_name text, p_display_name text, p_managed_by text, p_paused boolean
) returns text
    language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
    role_name constant text := operator_api.role_of(p_connection);
    changed boolean;
    declared public.connection;
    lease public.session_lease;
begin
    if session_user = 'recado_app' and current_company() is distinct from p_company then
        raise exception 'Connection % belongs to another company than the one of this transaction.', p_connection
            using errcode = 'RCD03';
    elsif not exists (select from company where id = p_company) then
        raise exception 'There is no company %. Create it first, or correct spec.company.', p_company
            using errcode = 'RCD03';
    end if;
    perform operator_api.take_turn(p_connection);
    insert into connection as c (company_id, id, name, display_name, managed_by, paused)
    values (p_company, p_connection, p_name, p_display_name, p_managed_by, p_paused)
    on conflict (company_id, id) do update
        set name = excluded.name, display_name = excluded.display_name, managed_by = excluded.managed_by,
            paused = excluded.paused
        where c.deleted_at is null and (c.name, c.display_name, c.managed_by, c.paused)
            is distinct from (excluded.name, excluded.display_name, excluded.managed_by, excluded.paused);
    changed := found;
    select * into declared from connection where company_id = p_company and id = p_connection;
    if declared.deleted_at is not null then
        return null;
    end if;
    insert into session_lease as l (company_id, connection_id, role_name) values (p_company, p_connection, role_name)
    on conflict (company_id, connection_id) do nothing;
    perform operator_api.make_role(role_name);
    if changed then -- browsers learn of it through the projection, whoever declared it
        select * into lease from session_lease where connection_id = p_connection for share;
        perform session_api.append_state(lease, coalesce(lease.state, declared.state), lease.reason);
    end if;
    return role_name;
end
$$;

-- NULL when somebody else was faster. Ends the old session's backends before it waits for the lease, so that a hung
-- session cannot hold the take-over up; what slips in between is ended by the new session's hello.
create function operator_api.take_over(p_connection uuid, p_expected_epoch bigint, p_password text) returns bigint
    language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
    role_name constant text := operator_api.role_of(p_connection);
    new_epoch bigint;
begin
    perform operator_api.take_turn(p_connection);
    if not exists (select from session_lease where connection_id = p_connection and epoch = p_expected_epoch) then
        return null;
    end if;
    execute format('alter role %I nologin', role_name);
    perform operator_api.end_backends(role_name);
    update session_lease
    set epoch = epoch + 1, exit_code = null, state = null, reason = '', metrics = '{}', heartbeat_at = null
    where connection_id = p_connection and epoch = p_expected_epoch
    returning epoch into new_epoch;
    delete from pairing where connection_id = p_connection;
    execute format('alter role %I login password %L', role_name, p_password);
    update session_lease set started_at = clock_timestamp() where connection_id = p_connection;
    return new_epoch;
end
$$;

create function operator_api.fence(p_connection uuid) returns void
    language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
    role_name constant text := operator_api.role_of(p_connection);
begin
    perform operator_api.take_turn(p_connection);
    execute format('alter role %I nologin password %L', role_name, gen_random_uuid()::text || gen_random_uuid()::text);
    perform operator_api.end_backends(role_name);
end
$$;

create function operator_api.observe() returns table (
    company_id bigint, connection_id uuid, name text, epoch bigint, state text, reason text,
    heartbeat_age_seconds double precision, exit_code int, jid text, paused boolean, deleted boolean,
    pairing_requested boolean
)
    language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
    select c.company_id, c.id, c.name, l.epoch, coalesce(l.state, ''), l.reason,
        extract(epoch from clock_timestamp() - l.heartbeat_at)::double precision, l.exit_code, c.jid, c.paused,
        c.deleted_at is not null, c.pairing_requested_at is not null
    from session_lease l join connection c on c.company_id = l.company_id and c.id = l.connection_id
$$;

create function operator_api.record_exit(p_connection uuid, p_epoch bigint, p_exit_code int) returns void
    language sql security definer set search_path = pg_catalog, public, pg_temp as $$
    update session_lease set exit_code = p_exit_code where connection_id = p_connection and epoch = p_epoch
$$;

-- For states that only the operator knows (the process cannot start, was stopped). Of an epoch that is over: ignored.
create function operator_api.report_state(p_connection uuid, p_epoch bigint, p_state text, p_reason text) returns void
    language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
    lease public.session_lease;
begin
    update session_lease l set state = p_state, reason = coalesce(p_reason, '')
    where l.connection_id = p_connection and l.epoch = p_epoch
        and (l.state, l.reason) is distinct from (p_state, coalesce(p_reason, ''))
    returning l.* into lease;
    if found then
        perform session_api.append_state(lease, p_state, coalesce(p_reason, ''));
    end if;
end
$$;

-- The conversations stay; what could speak to WhatsApp goes: keys, role, lease. May be repeated.
create function operator_api.remove_connection(p_connection uuid) returns void
    language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
    role_name constant text := operator_api.role_of(p_connection);
    lease public.session_lease;
begin
    perform operator_api.take_turn(p_connection);
    if exists (select from pg_roles where rolname = role_name) then
        perform operator_api.fence(p_connection);
    end if;
    delete from session_lease where connection_id = p_connection returning * into lease;
    if found then
        update connection set deleted_at = coalesce(deleted_at, clock_timestamp()), jid = null, lid = null
        where company_id = lease.company_id and id = lease.connection_id;
        delete from pairing where company_id = lease.company_id and connection_id = lease.connection_id;
        perform session_api.append_state(lease, 'stopped', 'removed');
    end if;
    execute format('drop schema if exists %I cascade', role_name);
    execute format('drop role if exists %I', role_name);
end
$$;

grant execute on function
    operator_api.declare_connection(bigint, uuid, text, text, text, boolean),
    operator_api.take_over(uuid, bigint, text),
    operator_api.fence(uuid),
    operator_api.observe(),
    operator_api.record_exit(uuid, bigint, int),
    operator_api.report_state(uuid, bigint, text, text),
    operator_api.remove_connection(uuid)
    to recado_operator;
grant execute on function operator_api.declare_connection(bigint, uuid, text, text, text, boolean) to recado_app;
