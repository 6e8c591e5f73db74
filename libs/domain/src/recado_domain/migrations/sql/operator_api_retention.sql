-- What the operator may do, part 4: retained connections that nobody takes up again are not kept for ever. One whose
-- resource never came back loses, after a time, what could speak to WhatsApp. When its resource went, and now, are told
-- by the clock of the database alone: an operator whose clock runs ahead drops nothing.

create function operator_api.overdue_connections(p_retention interval) returns table (
    connection_id uuid, company_id bigint, name text, linked boolean
)
    language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
    select c.id, c.company_id, c.name, c.jid is not null
    from session_lease l join connection c on c.company_id = l.company_id and c.id = l.connection_id
    where c.orphaned_at <= clock_timestamp() - p_retention and c.deleted_at is null
    order by c.orphaned_at
$$;

-- Keys, role and lease go as in `remove_connection`; the conversations stay. Answers whether they went: not those of a
-- connection that was taken up since, or that somebody works on at this moment, for who declares a connection takes
-- turn and row in another order than its heir does, and nobody has to wait for either. May be repeated.
create function operator_api.collect_connection(p_connection uuid, p_retention interval) returns boolean
    language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
    if not pg_try_advisory_xact_lock(hashtextextended('operator_api:' || p_connection, 0)) then
        return false;
    end if;
    perform from session_lease l join connection c on c.company_id = l.company_id and c.id = l.connection_id
    where l.connection_id = p_connection and c.orphaned_at <= clock_timestamp() - p_retention and c.deleted_at is null
    for update of c skip locked;
    if not found then
        return false;
    end if;
    -- Only a session could unlink the device, and nothing is left to start one from: a person must.
    update session_lease set logout_requested_at = coalesce(logout_requested_at, clock_timestamp())
    where connection_id = p_connection;
    perform operator_api.remove_connection(p_connection);
    return true;
end
$$;

grant execute on function
    operator_api.overdue_connections(interval),
    operator_api.collect_connection(uuid, interval)
    to recado_operator;
