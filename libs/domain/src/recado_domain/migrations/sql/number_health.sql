-- As before, and a message that was refused because the number is limited waits twice as long as the number itself does
-- after its first refusal: when the number may speak again, another chat is tried first. One contact that WhatsApp
-- refuses for ever must not keep all the others waiting.
create or replace function session_api.report_outbound(
    p_epoch bigint, p_outbox_id uuid, p_outcome text, p_wa_id text, p_reason text, p_at timestamptz
) returns void
    language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
    lease public.session_lease := session_api.exclusive_lease(p_epoch);
    next_state constant text := case p_outcome
        when 'sent' then 'done' when 'not_sent' then 'queued' when 'rejected' then 'failed'
        when 'no_recipient' then 'failed' when 'uncertain' then 'unconfirmed' when 'unknown' then 'unknown' end;
    reported public.outbox;
begin
    if next_state is null then
        raise exception 'Outcome % is none of sent, not_sent, rejected, no_recipient, uncertain, unknown.', p_outcome
            using errcode = 'RCD02';
    end if;
    update outbox o
    set state = next_state, wa_id = coalesce(p_wa_id, o.wa_id),
        available_at = case
            when p_outcome = 'not_sent' and p_reason = 'reach_out_restricted'
                then clock_timestamp() + interval '2 minutes' * 2 ^ least(o.attempt - 1, 6)
            when p_outcome = 'not_sent' then clock_timestamp() + interval '2 seconds'
            else o.available_at end
    where o.company_id = lease.company_id and o.connection_id = lease.connection_id and o.id = p_outbox_id
        and o.epoch = p_epoch and o.state in ('sending', 'unconfirmed')
    returning o.* into reported;
    if not found then
        return;
    end if;
    insert into inbox_event (company_id, connection_id, event_key, epoch, kind, raw, received_at)
    values (
        lease.company_id, lease.connection_id,
        format('outbound:%s:%s:%s', p_outbox_id, reported.attempt, p_outcome), p_epoch, 'outbound_report',
        convert_to(jsonb_build_object(
            'message_id', reported.message_id, 'outcome', p_outcome, 'wa_id', reported.wa_id, 'reason', p_reason,
            'at', coalesce(p_at, clock_timestamp()))::text, 'UTF8'),
        coalesce(p_at, clock_timestamp()))
    on conflict (company_id, connection_id, event_key) do nothing;
end
$$;
