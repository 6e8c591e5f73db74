-- What the operator may do, part 3: declare connections, retain what a resource leaves, remove and purge. The API may
-- declare too.

-- What a retained connection had goes to the new one of the same name: the engine's store, the linked device, and the
-- conversations, so that an open one can be answered. The old one is over. One that never had a session has no store.
create function operator_api.inherit_connection(p_company bigint, p_connection uuid, p_name text) returns void
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
        perform operator_api.as_maker(
            lease.role_name, format('alter role %I rename to %I', lease.role_name, heir));
    end if;
    if exists (select from pg_namespace where nspname = lease.role_name) then
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

-- Idempotent. Answers NULL when the connection was removed: a manifest that lives longer must not bring it back. Takes
-- a retained connection up again: the same one, or as the heir of one of its name. Who finds its name taken by one that
-- lives waits until that one is retained: a name is given to one resource at a time, so the other's is gone, and what
-- it leaves is meant for this one. The role comes with the first session.
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

create function operator_api.declare_pairing(p_connection uuid, p_phone text) returns void
    language sql security definer set search_path = pg_catalog, public, pg_temp as $$
    update connection c set pairing_phone = p_phone from session_lease l
    where l.connection_id = p_connection and c.company_id = l.company_id and c.id = l.connection_id
        and c.pairing_phone is distinct from p_phone
$$;

-- A resource went and its connection stays: nobody may write, the device stays linked and waits. May be repeated.
create function operator_api.retain_connection(p_connection uuid) returns void
    language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
    lease public.session_lease;
begin
    perform operator_api.fence(p_connection);
    update session_lease set state = 'stopped', reason = 'retained' where connection_id = p_connection
    returning * into lease;
    update connection set orphaned_at = clock_timestamp()
    where company_id = lease.company_id and id = p_connection and orphaned_at is null;
    if found then
        perform session_api.append_state(lease, 'stopped', 'retained');
    end if;
end
$$;

-- The conversations stay; what could speak to WhatsApp goes: keys, role, lease. Where a device should have been
-- unlinked and was not, the connection says so for good: somebody with the phone must remove it under Linked devices.
-- May be repeated.
create function operator_api.remove_connection(p_connection uuid) returns void
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
    perform operator_api.as_maker(role_name, format('drop role if exists %I', role_name));
end
$$;

-- Removes the connection and every conversation on it; of contacts, those that nobody else wrote with. What remains is
-- the row that keeps a forgotten manifest from bringing it back. May be repeated.
create function operator_api.purge_connection(p_connection uuid) returns void
    language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
    company constant bigint := (select c.company_id from connection c where c.id = p_connection);
    contacts uuid[];
begin
    if exists (select from pg_roles where rolname = operator_api.role_of(p_connection)) then
        perform operator_api.fence(p_connection);
    end if;
    select array_agg(distinct contact_id) into contacts from ticket
    where company_id = company and connection_id = p_connection;
    delete from outbox where company_id = company and connection_id = p_connection;
    delete from early_receipt where company_id = company and connection_id = p_connection;
    delete from inbox_event where company_id = company and connection_id = p_connection;
    delete from message where company_id = company and connection_id = p_connection;
    delete from ticket where company_id = company and connection_id = p_connection;
    delete from contact_address a where a.company_id = company and a.contact_id = any (contacts)
        and not exists (select from ticket t where t.company_id = company and t.contact_id = a.contact_id);
    delete from contact c where c.company_id = company and c.id = any (contacts)
        and not exists (select from ticket t where t.company_id = company and t.contact_id = c.id);
    perform operator_api.remove_connection(p_connection);
    update connection set phone = null where company_id = company and id = p_connection;
end
$$;

grant execute on function
    operator_api.declare_connection(bigint, uuid, text, text, text, boolean),
    operator_api.declare_pairing(uuid, text),
    operator_api.retain_connection(uuid),
    operator_api.remove_connection(uuid),
    operator_api.purge_connection(uuid)
    to recado_operator;
grant execute on function operator_api.declare_connection(bigint, uuid, text, text, text, boolean) to recado_app;
