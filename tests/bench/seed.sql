-- 100,000 tickets and 1,000,000 messages; 30 % belong to company 1, the rest to twenty others. One ticket has 100,000.
set session_replication_role = replica;

insert into company (id, name, slug) select 100 + n, 'Bench ' || n, 'bench-' || n from generate_series(1, 20) n;
insert into queue (company_id, id, name, is_default)
    select 100 + n, gen_random_uuid(), 'Geral', true from generate_series(1, 20) n;
insert into connection (company_id, id, name, display_name, managed_by)
    select company_id, gen_random_uuid(), 'bench', 'Bench', 'recado' from queue where company_id > 100;

create temporary table numbered as
select n, case when n % 10 < 3 then 1 else 101 + n % 20 end::bigint as company_id, gen_random_uuid() as ticket_id,
    gen_random_uuid() as contact_id
from generate_series(1, 100000) n;

insert into contact (company_id, id, kind, name, phone)
    select company_id, contact_id, 'person', 'Cliente ' || n, '+55119' || lpad(n::text, 8, '0') from numbered;

insert into ticket (company_id, id, connection_id, contact_id, queue_id, status, unread_count, message_count,
    last_message_at, last_message_preview, last_message_state, opened_at, closed_at)
select one.company_id, one.ticket_id, c.id, one.contact_id, q.id,
    case when one.n % 7 = 0 then 'closed' when one.n % 2 = 0 then 'open' else 'pending' end, one.n % 5, 9,
    now() - one.n * interval '1 minute', 'Mensagem ' || one.n, 'received', now() - one.n * interval '2 minutes',
    case when one.n % 7 = 0 then now() end
from numbered one
join queue q on q.company_id = one.company_id and q.is_default
join connection c on c.company_id = one.company_id and c.name = 'bench';

insert into message (company_id, id, ticket_id, connection_id, chat, wa_id, from_me, seq, kind, body, state, origin, sent_at)
select t.company_id, gen_random_uuid(), t.id, t.connection_id, t.contact_id::text, 'B' || t.contact_id || '-' || s,
    s % 2 = 0, s, 'text', 'Mensagem ' || s, case when s % 2 = 0 then 'read' else 'received' end,
    case when s % 2 = 0 then 'recado' else 'live' end, t.last_message_at - (9 - s) * interval '1 second'
from ticket t join numbered one on one.ticket_id = t.id cross join generate_series(1, 9) s;

insert into message (company_id, id, ticket_id, connection_id, chat, wa_id, from_me, seq, kind, body, state, origin, sent_at)
select t.company_id, gen_random_uuid(), t.id, t.connection_id, t.contact_id::text, 'L' || s, s % 2 = 0, 9 + s, 'text',
    'Mensagem ' || s, case when s % 2 = 0 then 'read' else 'received' end,
    case when s % 2 = 0 then 'recado' else 'live' end, t.last_message_at + s * interval '1 second'
from (select t.* from ticket t join numbered one on one.ticket_id = t.id where t.company_id = 1 order by one.n limit 1) t
cross join generate_series(1, 100000) s;

update ticket set message_count = 100009, last_message_at = now() + interval '1 minute',
    last_message_preview = 'Mensagem 100000'
where id = (select ticket_id from message where wa_id = 'L100000');

set session_replication_role = origin;
analyze;
