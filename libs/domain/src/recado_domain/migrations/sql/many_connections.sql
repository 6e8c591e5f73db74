-- One connection by its key. `observe() where connection_id = …` reads every lease, for a function with rights of its own
-- is not opened up by the planner: with 5,000 connections each look of the operator cost 5,000 rows.
create function operator_api.observe(p_connection uuid) returns table (
    company_id bigint, connection_id uuid, name text, epoch bigint, state text, reason text,
    heartbeat_age_seconds double precision, exit_code int, jid text, phone text, paused boolean, deleted boolean,
    retained boolean, pairing_requested boolean
)
    language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
    select c.company_id, c.id, c.name, l.epoch, coalesce(l.state, ''), l.reason,
        extract(epoch from clock_timestamp() - l.heartbeat_at)::double precision, l.exit_code, c.jid,
        case when c.jid is not null then c.phone end, c.paused, c.deleted_at is not null, c.orphaned_at is not null,
        c.pairing_requested_at is not null
    from session_lease l join connection c on c.company_id = l.company_id and c.id = l.connection_id
    where l.connection_id = p_connection
$$;

grant execute on function operator_api.observe(uuid) to recado_operator;

-- As before, but member and owner in one statement: PostgreSQL computes all memberships of the owner anew after each that
-- changes them, which takes longer with every connection.
create or replace function operator_api.make_role(p_role text) returns void
    language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
    if not exists (select from pg_roles where rolname = p_role) then
        execute format('create role %I nologin inherit in role recado_session role recado_owner', p_role);
        execute format('alter role %I set search_path = %I', p_role, p_role);
    end if;
    if not exists (select from pg_namespace where nspname = p_role) then
        execute format('create schema %I', p_role);
        execute format('grant usage, create on schema %I to %I', p_role, p_role);
    end if;
end
$$;
