-- What the operator may do, part 2: hand a connection from one process to the next, shut one out, and watch.

-- NULL when somebody else was faster. Ends the old session's backends before it waits for the lease, so that a hung
-- session cannot hold the take-over up; what slips in between is ended by the new session's hello.
create function operator_api.take_over(p_connection uuid, p_expected_epoch bigint, p_password text)
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

-- The session can write no more, and none follows it yet. May be repeated.
create function operator_api.fence(p_connection uuid) returns void
    language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
    perform operator_api.take_turn(p_connection);
    perform operator_api.lock_role(operator_api.role_of(p_connection));
end
$$;

create view operator_api.observed as
    select c.company_id, c.id as connection_id, c.name, l.epoch, coalesce(l.state, '') as state, l.reason,
        extract(epoch from clock_timestamp() - l.heartbeat_at)::double precision as heartbeat_age_seconds, l.exit_code,
        c.jid, case when c.jid is not null then c.phone end as phone, c.paused, c.deleted_at is not null as deleted,
        c.orphaned_at is not null as retained, c.pairing_requested_at is not null as pairing_requested
    from session_lease l join connection c on c.company_id = l.company_id and c.id = l.connection_id;

create function operator_api.observe() returns setof operator_api.observed
    language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
    select * from operator_api.observed
$$;

-- One connection by its key. `observe() where connection_id = …` reads every lease, for a function with rights of its
-- own is not opened up by the planner: with 5,000 connections each look of the operator would cost 5,000 rows.
create function operator_api.observe(p_connection uuid) returns setof operator_api.observed
    language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
    select * from operator_api.observed where connection_id = p_connection
$$;

-- A number for what `observe` says of each, which changes with it; of the age of a heartbeat only whether it is longer
-- than p_silence. Who surveys thousands again and again compares these, and asks for the few that changed.
create function operator_api.fingerprints(p_silence interval) returns table (connection_id uuid, fingerprint bigint)
    language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
    select c.id, hashtextextended(
        row(c.company_id, c.name, l.epoch, l.state, l.reason, l.heartbeat_at < clock_timestamp() - p_silence, l.exit_code,
            c.jid, c.phone, c.paused, c.deleted_at is null, c.orphaned_at is null, c.pairing_requested_at is null)::text, 0)
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

-- A connection that goes takes its device out of the phone's list. Only the session can do that, so it is asked to: the
-- wish stands in the lease, outlives processes, and is heard with hello and with every heartbeat. May be repeated: the
-- first time counts.
create function operator_api.request_logout(p_connection uuid) returns void
    language sql security definer set search_path = pg_catalog, public, pg_temp as $$
    update session_lease set logout_requested_at = coalesce(logout_requested_at, clock_timestamp())
    where connection_id = p_connection
$$;

grant execute on function
    operator_api.take_over(uuid, bigint, text),
    operator_api.fence(uuid),
    operator_api.observe(),
    operator_api.observe(uuid),
    operator_api.fingerprints(interval),
    operator_api.record_exit(uuid, bigint, int),
    operator_api.report_state(uuid, bigint, text, text),
    operator_api.request_logout(uuid)
    to recado_operator;
