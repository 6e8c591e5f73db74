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

grant execute on function operator_api.make_first_admin(bigint, uuid, text, text, text) to recado_operator;
