-- Who makes the roles of sessions. PostgreSQL walks through all roles that their maker made before, for each that it
-- makes or alters: with 5,000 connections a single maker costs 100 ms a start. So sixteen share them, by the last digit
-- of a connection's id. A maker cannot log in; each has one function that carries a statement out in its name, which
-- the owner alone may call.
create schema session_makers;

do $$
declare
    owner_name constant text := current_user;
    grants_say_how constant boolean := current_setting('server_version_num')::int >= 160000;
    maker text;
begin
    for maker in select 'recado_maker_' || to_hex(digit) from generate_series(0, 15) digit loop
        if not exists (select from pg_roles where rolname = maker) then
            execute format('create role %I nologin noinherit createrole', maker);
        end if;
        if grants_say_how then
            execute format('grant recado_session to %I with admin true, inherit false, set false', maker);
            execute format('grant %I to %I with inherit false, set true', maker, owner_name);
        else
            execute format('grant recado_session to %I with admin option', maker);
            execute format('grant %I to %I', maker, owner_name);
        end if;
        execute format('grant usage, create on schema session_makers to %I', maker);
        execute format('set local role %I', maker);
        execute format(
            'create function session_makers.%I(p_statement text) returns void
                language plpgsql security definer set search_path = pg_catalog, pg_temp
                as ''begin execute p_statement; end''', maker);
        execute format('revoke all on function session_makers.%I(text) from public', maker);
        execute format('grant execute on function session_makers.%I(text) to %I', maker, owner_name);
        execute format('set local role %I', owner_name);
        execute format('revoke all on schema session_makers from %I', maker);
        execute format('revoke %I from %I', maker, owner_name); -- what may act as a maker stays one function
    end loop;
end
$$;
