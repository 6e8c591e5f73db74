-- What the operator may do, part 5: companies that resources declare, and the first person of each.

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

-- The first person of a company, as `users.actions.create_user` would make them; the operator hands a hash in, never a
-- password. Answers what became of it: created, has_people, no_place or email_taken. Whoever is there is never changed,
-- so it may be repeated, and two at the same moment take turns with each other and with whoever adds people.
create function operator_api.make_first_admin(
    p_company bigint, p_user uuid, p_name text, p_email text, p_password_hash text
) returns text
    language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
    allowed int;
begin
    select max_agents into allowed from company where id = p_company for no key update;
    if not found then
        raise exception 'There is no company %. It is made in a moment.', p_company using errcode = 'RCD03';
    elsif exists (select from app_user where company_id = p_company) then
        return 'has_people';
    elsif allowed < 1 then
        return 'no_place';
    end if;
    insert into app_user (company_id, id, email, name, role, password_hash)
    values (p_company, p_user, p_email, p_name, 'admin', p_password_hash)
    on conflict do nothing;
    return case when found then 'created' else 'email_taken' end;
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
    operator_api.make_first_admin(bigint, uuid, text, text, text),
    operator_api.purge_company(bigint)
    to recado_operator;
