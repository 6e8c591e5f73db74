-- Companies declared by a resource: which one, and the limits that it sets.
alter table company
    add column resource_uid uuid unique,
    add column plan text not null default 'standard',
    add column max_connections int not null default 5,
    add column max_agents int not null default 20,
    add column max_storage_gi int not null default 10,
    add column locale text not null default 'pt-BR',
    add column timezone text not null default 'America/Sao_Paulo';

-- When the resource of a connection went that is to be retained.
alter table connection add column orphaned_at timestamptz;

-- Idempotent; answers the company's id. With p_company an existing row is adopted; without, the row of the resource is
-- made when it is missing, with what a company cannot work without: a default queue and the streams of events. A row
-- whose resource was deleted and declared anew follows the new one: two living resources that claim one row are told
-- apart by whoever sees both.
create function operator_api.provision_company(
    p_uid uuid, p_company bigint, p_queue uuid, p_name text, p_slug text, p_suspended boolean, p_plan text,
    p_connections int, p_agents int, p_storage_gi int, p_locale text, p_timezone text
) returns bigint
    language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
    found_id bigint;
begin
    perform pg_advisory_xact_lock(hashtextextended('operator_api:company', 0));
    select id into found_id from company
    where case when p_company is null then resource_uid = p_uid else id = p_company end for update;
    if found_id is null and p_company is not null then
        raise exception 'The database has no company %. Correct spec.companyID, or remove it for a new company.', p_company
            using errcode = 'RCD03';
    elsif found_id is null then
        insert into company (name, slug)
        values (p_name, case when exists (select from company where slug = p_slug)
            then p_slug || '-' || left(p_uid::text, 8) else p_slug end)
        returning id into found_id;
        insert into queue (company_id, id, name, is_default) values (found_id, p_queue, 'Atendimento', true);
        insert into stream (company_id, name, head) values (found_id, 'company', 0), (found_id, 'queue:' || p_queue, 0);
    end if;
    update company set resource_uid = null where resource_uid = p_uid and id <> found_id;
    update company
    set resource_uid = p_uid, name = p_name, status = case when p_suspended then 'suspended' else 'active' end,
        plan = p_plan, max_connections = p_connections, max_agents = p_agents, max_storage_gi = p_storage_gi,
        locale = p_locale, timezone = p_timezone
    where id = found_id and (resource_uid, name, status, plan, max_connections, max_agents, max_storage_gi, locale, timezone)
        is distinct from (p_uid, p_name, case when p_suspended then 'suspended' else 'active' end, p_plan, p_connections,
            p_agents, p_storage_gi, p_locale, p_timezone);
    return found_id;
end
$$;

create function operator_api.observe_companies() returns table (
    company_id bigint, resource_uid uuid, agents int, connections int
)
    language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
    select c.id, c.resource_uid,
        (select count(*)::int from app_user u where u.company_id = c.id and u.status = 'active'),
        (select count(*)::int from connection n where n.company_id = c.id and n.deleted_at is null)
    from company c
$$;

-- Two columns more; dropped and made again, because a function cannot change what it answers.
drop function operator_api.observe();
create function operator_api.observe() returns table (
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

-- What a retained connection had goes to the new one of the same name: the engine's store, the linked device, and the
-- conversations, so that an open one can be answered. The old one is over.
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
    execute format('alter role %I rename to %I', lease.role_name, heir);
    execute format('alter schema %I rename to %I', lease.role_name, heir);
    execute format('alter role %I set search_path = %I', heir, heir);
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

-- As before, and it takes a retained connection up again: the same one, or as the heir of one of its name.
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
    perform operator_api.make_role(role_name);
    if changed then -- browsers learn of it through the projection, whoever declared it
        select * into lease from session_lease where connection_id = p_connection for share;
        perform session_api.append_state(lease, coalesce(lease.state, declared.state), lease.reason);
    end if;
    return role_name;
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

-- Removes the company and everything that carries its id, table after table, those that others point at last.
create function operator_api.purge_company(p_company bigint) returns void
    language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
    lease record;
    waiting text[];
    blocked text[];
    name text;
begin
    for lease in select connection_id from session_lease where company_id = p_company loop
        perform operator_api.remove_connection(lease.connection_id);
    end loop;
    select array_agg(class.relname::text) into waiting
    from pg_class class join pg_attribute attribute on attribute.attrelid = class.oid
    where class.relnamespace = 'public'::regnamespace and class.relkind = 'r' and attribute.attname = 'company_id'
        and not attribute.attisdropped;
    loop
        blocked := '{}';
        foreach name in array waiting loop
            begin
                execute format('delete from %I where company_id = $1', name) using p_company;
            exception when foreign_key_violation then
                blocked := blocked || name;
            end;
        end loop;
        exit when blocked = '{}';
        if cardinality(blocked) = cardinality(waiting) then
            raise exception 'Tables % point at one another: company % cannot be removed.', blocked, p_company;
        end if;
        waiting := blocked;
    end loop;
    delete from company where id = p_company;
end
$$;

grant execute on function
    operator_api.provision_company(uuid, bigint, uuid, text, text, boolean, text, int, int, int, text, text),
    operator_api.observe_companies(),
    operator_api.observe(),
    operator_api.retain_connection(uuid),
    operator_api.purge_connection(uuid),
    operator_api.purge_company(bigint)
    to recado_operator;
