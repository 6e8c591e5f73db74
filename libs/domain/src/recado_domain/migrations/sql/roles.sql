-- Roles are shared by all databases of a cluster, so each is made only when it is missing. Passwords are not set here:
-- provisioning (or the platform's secret manager) owns them, and a role without one cannot log in.
do $$
declare
    wanted constant jsonb := jsonb_build_object(
        'recado_app', 'login noinherit',       -- API and workers: one company at a time, by policy
        'recado_system', 'nologin noinherit',  -- the few paths that cross companies, entered by SET LOCAL ROLE
        'recado_operator', 'login noinherit',  -- may EXECUTE operator_api, nothing else
        'recado_session', 'nologin noinherit'  -- what every session role may do: EXECUTE session_api
    );
    wanted_name text;
begin
    for wanted_name in select jsonb_object_keys(wanted) loop
        if not exists (select from pg_catalog.pg_roles where rolname = wanted_name) then
            execute format('create role %I %s', wanted_name, wanted ->> wanted_name);
        end if;
    end loop;
    -- NOINHERIT alone decides on PostgreSQL 15; from 16 on the grant itself says it.
    if not pg_has_role('recado_app', 'recado_system', 'MEMBER') then
        if current_setting('server_version_num')::int >= 160000 then
            execute 'grant recado_system to recado_app with inherit false, set true';
        else
            execute 'grant recado_system to recado_app';
        end if;
    end if;
end
$$;

create schema session_api;
create schema operator_api;

revoke all on schema public from public;
grant usage on schema public to recado_app, recado_system;
grant usage on schema session_api to recado_session;
grant usage on schema operator_api to recado_operator, recado_app;

-- What later migrations create gets the same rights without being told.
alter default privileges in schema public
    grant select, insert, update, delete on tables to recado_app, recado_system;
alter default privileges revoke execute on functions from public;
