-- A session's role and schema are made when its first process is, not when somebody declares the connection, and nobody is
-- a member of the role. PostgreSQL walks through all memberships of whoever makes or alters a role, which takes longer
-- with every connection there is; so as few statements as possible do either. Functions are replaced whole, so what
-- stays as it was in them stands here once more.

-- Only a member of a role may end its backends, and see when they began. The owner becomes one for as long as there are
-- any; who waits for this role meanwhile is a backend that is being ended, or somebody who does the same.
drop function operator_api.end_backends(text);
create function operator_api.end_backends(p_role text, p_until timestamptz) returns void
    language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
    if not exists (select from pg_stat_activity where usename = p_role and pid <> pg_backend_pid()) then
        return;
    end if;
    execute format('grant %I to recado_owner', p_role);
    perform pg_terminate_backend(pid, 5000) from pg_stat_activity
    where usename = p_role and pid <> pg_backend_pid() and backend_start < p_until;
    execute format('revoke %I from recado_owner', p_role);
end
$$;

drop function operator_api.make_role(text);
create function operator_api.admit_role(p_role text, p_password text) returns void
    language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
    if exists (select from pg_roles where rolname = p_role) then
        execute format('alter role %I login password %L', p_role, p_password);
    else
        execute format('create role %I login inherit in role recado_session password %L', p_role, p_password);
    end if;
    if not exists (select from pg_namespace where nspname = p_role) then
        execute format('create schema %I', p_role);
        execute format('grant usage, create on schema %I to %I', p_role, p_role);
    end if;
end
$$;

-- Nobody can log in as the role any more, and who did is gone. A role that was never made is as good as locked.
create function operator_api.lock_role(p_role text) returns void
    language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
    if exists (select from pg_roles where rolname = p_role and rolcanlogin) then
        execute format('alter role %I nologin password null', p_role);
    end if;
    perform operator_api.end_backends(p_role, 'infinity');
end
$$;

-- The rest as before.
create or replace function operator_api.take_over(p_connection uuid, p_expected_epoch bigint, p_password text)
    returns bigint
    language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
    role_name constant text := operator_api.role_of(p_connection);
    new_epoch bigint;
begin
    perform operator_api.take_turn(p_connection);
    if not exists (select from session_lease where connection_id = p_connection and epoch = p_expected_epoch) then
        return null;
    end if;
    perform operator_api.lock_role(role_name);
    update session_lease
    set epoch = epoch + 1, exit_code = null, state = null, reason = '', metrics = '{}', heartbeat_at = null
    where connection_id = p_connection and epoch = p_expected_epoch
    returning epoch into new_epoch;
    delete from pairing where connection_id = p_connection;
    perform operator_api.admit_role(role_name, p_password);
    update session_lease set started_at = clock_timestamp() where connection_id = p_connection;
    return new_epoch;
end
$$;

create or replace function operator_api.fence(p_connection uuid) returns void
    language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
    perform operator_api.take_turn(p_connection);
    perform operator_api.lock_role(operator_api.role_of(p_connection));
end
$$;

create or replace function session_api.hello(p_epoch bigint)
    returns table (
        company_id bigint, connection_id uuid, name text, jid text, paused boolean, logout_requested boolean)
    language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
    lease public.session_lease := session_api.shared_lease(p_epoch);
begin
    perform operator_api.end_backends(session_user, lease.started_at);
    return query
        select c.company_id, c.id, c.name, c.jid, c.paused, lease.logout_requested_at is not null from connection c
        where c.company_id = lease.company_id and c.id = lease.connection_id;
end
$$;

-- As before, also of a connection that never had a session.
create or replace function operator_api.inherit_connection(p_company bigint, p_connection uuid, p_name text) returns void
    language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
    heir constant text := operator_api.role_of(p_connection);
    retained public.connection;
    lease public.session_lease;
begin
    select * into retained from connection
    where company_id = p_company and name = p_name and id <> p_connection and orphaned_at is not null
        and deleted_at is null
    order by orphaned_at desc limit 1 for update;
    if not found or exists (select from pg_roles where rolname = heir) then
        return;
    end if;
    perform operator_api.take_turn(retained.id);
    select * into lease from session_lease where connection_id = retained.id;
    perform operator_api.fence(retained.id);
    if exists (select from pg_roles where rolname = lease.role_name) then
        execute format('alter role %I rename to %I', lease.role_name, heir);
        execute format('alter schema %I rename to %I', lease.role_name, heir);
    end if;
    update connection set jid = retained.jid, lid = retained.lid, phone = retained.phone, platform = retained.platform
    where company_id = p_company and id = p_connection;
    delete from session_lease where connection_id = retained.id;
    update ticket set connection_id = p_connection where company_id = p_company and connection_id = retained.id;
    update message set connection_id = p_connection where company_id = p_company and connection_id = retained.id;
    update outbox set connection_id = p_connection where company_id = p_company and connection_id = retained.id;
    update early_receipt set connection_id = p_connection where company_id = p_company and connection_id = retained.id;
    update inbox_event set connection_id = p_connection where company_id = p_company and connection_id = retained.id;
    delete from pairing where company_id = p_company and connection_id = retained.id;
    update connection set deleted_at = clock_timestamp(), jid = null, lid = null
    where company_id = p_company and id = retained.id;
    perform session_api.append_state(lease, 'stopped', 'removed');
end
$$;

-- As before, without a role. And who finds its name taken by one that lives waits until that one is retained: a name is
-- given to one resource at a time, so the other's is gone, and what it leaves is meant for this one.
create or replace function operator_api.declare_connection(
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
        raise exception 'There is no company %. Create it first, or correct spec.companyID of its Company.', p_company
            using errcode = 'RCD03';
    elsif exists (select from session_lease l where l.connection_id = p_connection and l.company_id <> p_company) then
        raise exception 'Connection % belongs to another company. Declare it under another name.', p_connection
            using errcode = 'RCD03';
    elsif session_user <> 'recado_app'
        and not exists (select from connection c where c.company_id = p_company and c.id = p_connection)
        and exists (
            select from session_lease l join connection c on c.company_id = l.company_id and c.id = l.connection_id
            where c.company_id = p_company and c.name = p_name and c.deleted_at is null and c.orphaned_at is null) then
        raise exception 'The connection that had this name before is still being stopped. This one follows it.'
            using errcode = 'RCD04';
    end if;
    perform operator_api.take_turn(p_connection);
    insert into connection as c (company_id, id, name, display_name, managed_by, paused)
    values (p_company, p_connection, p_name, p_display_name, p_managed_by, p_paused)
    on conflict (company_id, id) do update
        set name = excluded.name, display_name = excluded.display_name, managed_by = excluded.managed_by,
            paused = excluded.paused, orphaned_at = null
        where c.deleted_at is null and (c.name, c.display_name, c.managed_by, c.paused, c.orphaned_at)
            is distinct from (excluded.name, excluded.display_name, excluded.managed_by, excluded.paused, null);
    changed := found;
    select * into declared from connection where company_id = p_company and id = p_connection;
    if declared.deleted_at is not null then
        return null;
    end if;
    if session_user <> 'recado_app' then
        perform operator_api.inherit_connection(p_company, p_connection, p_name);
    end if;
    insert into session_lease as l (company_id, connection_id, role_name) values (p_company, p_connection, role_name)
    on conflict (company_id, connection_id) do nothing;
    if changed then -- browsers learn of it through the projection, whoever declared it
        select * into lease from session_lease where connection_id = p_connection for share;
        perform session_api.append_state(lease, coalesce(lease.state, declared.state), lease.reason);
    end if;
    return role_name;
end
$$;

-- The roles that exist: the search path, which the session now asks for itself, would keep its name when another
-- connection inherits it.
do $$
declare
    name text;
begin
    for name in select rolname from session_lease l join pg_roles r on r.rolname = l.role_name loop
        execute format('revoke %I from recado_owner', name);
        execute format('alter role %I reset search_path', name);
    end loop;
end
$$;
