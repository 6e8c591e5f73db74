-- Row level security on every table that belongs to a company. `recado_app` sees the company that the transaction
-- named, and nothing when it named none; the owner (migrations, SECURITY DEFINER functions) and `recado_system` see all.
create function current_company() returns bigint
    language sql stable parallel safe
    return nullif(current_setting('recado.company', true), '')::bigint;
grant execute on function current_company() to recado_app, recado_system;

do $$
declare
    protected record;
begin
    for protected in
        select class.relname as name, attribute.attname as key
        from pg_catalog.pg_class class
        join pg_catalog.pg_attribute attribute on attribute.attrelid = class.oid
        where class.relnamespace = 'public'::regnamespace and class.relkind = 'r' and not attribute.attisdropped
            and (attribute.attname = 'company_id' or (class.relname = 'company' and attribute.attname = 'id'))
    loop
        execute format('alter table %I enable row level security', protected.name);
        execute format('alter table %I force row level security', protected.name);
        execute format(
            'create policy company on %I to recado_app using (%I = (select current_company())) '
            'with check (%I = (select current_company()))', protected.name, protected.key, protected.key);
        execute format(
            'create policy everything on %I to recado_owner, recado_system using (true) with check (true)',
            protected.name);
    end loop;
end
$$;
