-- What the operator may do, part 1: how a session's role is admitted, locked, and rid of its backends. These functions
-- are granted to nobody; others call them.
--
-- A role is made when a connection's first process is, not when somebody declares the connection, and nobody is a
-- member of it. As few statements as possible make or alter one: each costs a walk through all roles that
-- its maker made (session_makers.sql).

create function operator_api.role_of(p_connection uuid) returns text
    language sql immutable return 'wa_' || replace(p_connection::text, '-', '');

-- Carries out a statement about a role in the name of its maker. That is the one who made it: a role may have been given
-- another name since. Before PostgreSQL 16 nothing tells who it was, and any of them may.
create function operator_api.as_maker(p_role text, p_statement text) returns void
    language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
    maker constant text := coalesce(
        (select maker.rolname from pg_roles role
            join pg_auth_members membership on membership.roleid = role.oid
            join pg_roles maker on maker.oid = membership.member
            where role.rolname = p_role and starts_with(maker.rolname, 'recado_maker_')),
        'recado_maker_' || right(p_role, 1));
begin
    execute format('select session_makers.%I($1)', maker) using p_statement;
end
$$;

-- Operators take turns on one connection: two that alter one role at the same time would fail, not wait.
create function operator_api.take_turn(p_connection uuid) returns void
    language sql security definer set search_path = pg_catalog, public, pg_temp as $$
    select pg_advisory_xact_lock(hashtextextended('operator_api:' || p_connection, 0))
$$;

-- Only a member of a role may end its backends, and see when they began. The owner becomes one for as long as there are
-- any; who waits for this role meanwhile is a backend that is being ended, or somebody who does the same.
create function operator_api.end_backends(p_role text, p_until timestamptz) returns void
    language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
    if not exists (select from pg_stat_activity where usename = p_role and pid <> pg_backend_pid()) then
        return;
    end if;
    perform operator_api.as_maker(p_role, format('grant %I to recado_owner', p_role));
    perform pg_terminate_backend(pid, 5000) from pg_stat_activity
    where usename = p_role and pid <> pg_backend_pid() and backend_start < p_until;
    perform operator_api.as_maker(p_role, format('revoke %I from recado_owner', p_role));
end
$$;

-- Nobody can log in as the role any more, and who did is gone. A role that was never made is as good as locked.
create function operator_api.lock_role(p_role text) returns void
    language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
    if exists (select from pg_roles where rolname = p_role and rolcanlogin) then
        perform operator_api.as_maker(p_role, format('alter role %I nologin password null', p_role));
    end if;
    perform operator_api.end_backends(p_role, 'infinity');
end
$$;

-- The role may log in, with that password alone. Its search path is what the session asks for: one that the role carried
-- would keep its name when another connection inherits it.
create function operator_api.admit_role(p_role text, p_password text) returns void
    language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
    if exists (select from pg_roles where rolname = p_role) then
        perform operator_api.as_maker(p_role, format('alter role %I login password %L', p_role, p_password));
    else
        perform operator_api.as_maker(p_role,
            format('create role %I login inherit in role recado_session password %L', p_role, p_password));
    end if;
end
$$;

-- A schema for the engine's store: at a session's first call, not when its role is made. Each new schema makes every
-- backend forget all its plans, and a take-over is what everybody waits for when many start.
create function operator_api.make_store(p_role text) returns void
    language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
    if not exists (select from pg_namespace where nspname = p_role) then
        execute format('create schema %I', p_role);
        execute format('grant usage, create on schema %I to %I', p_role, p_role);
    end if;
end
$$;
