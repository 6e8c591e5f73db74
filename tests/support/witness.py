"""A judge inside the database: triggers of the superuser that note who wrote, and from which connection."""

WITNESS = r"""
create table if not exists judge_write (
    at timestamptz not null, writer text not null, backend_start timestamptz not null
);
create or replace function judge_note() returns trigger language plpgsql security definer as $$
begin
    insert into judge_write select clock_timestamp(), usename, backend_start
    from pg_stat_activity where pid = pg_backend_pid() and usename like 'wa\_%';
    return null;
end
$$;
create or replace trigger judge_lease after update on session_lease execute function judge_note();
create or replace trigger judge_inbox after insert on inbox_event execute function judge_note();
"""
"""Whatever a session writes is noted with the age of the connection that wrote it."""
