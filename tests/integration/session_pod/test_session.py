"""A whole session: a real process, a real database, a real Redis, a simulated WhatsApp."""

import asyncio
import signal
from datetime import timedelta

import psutil
import pytest
from tests.integration.session_pod import steps
from tests.integration.session_pod.process import Connection
from tests.support.simulator import wait_until

from recado_core import bells
from recado_session.lease import HEARTBEAT_SECONDS
from recado_session.outbound import POLL_SECONDS

LARGEST_MEBIBYTES = 95.0


async def test_it_links_by_qr_code_and_stores_what_customers_write(connection: Connection) -> None:
    session = await steps.link(connection)
    await steps.say(connection, "Bom dia, tem pão?")
    (raw,) = await steps.stored(connection, 1)
    assert "Bom dia, tem pão?".encode() in raw
    number = connection.environment.account.number
    assert await connection.look("select jid from connection") == f"{number}:1@s.whatsapp.net"
    assert await connection.look("select phone from connection") == f"+{number}"
    assert await connection.look("select count(*) from pairing") == 0
    assert session.terminate() == 0
    assert await connection.look("select (state, exit_code)::text from session_lease") == "(stopped,0)"


async def test_it_links_by_a_code_that_is_typed_on_the_phone(connection: Connection) -> None:
    await connection.pair_by_code()
    session = await connection.start()
    code = await steps.code_to_type(connection)
    assert await connection.look("select (state, reason)::text from session_lease") == "(qr,type_the_code)"
    left = await connection.look("select expires_at - now() from pairing")
    assert timedelta(seconds=140) < left <= timedelta(seconds=160)
    account = connection.environment.account
    assert not await asyncio.to_thread(account.type_code, "1111-1111")
    assert await asyncio.to_thread(account.type_code, code)
    await steps.online(connection)
    assert await connection.look("select phone from connection") == f"+{account.number}"
    assert await connection.look("select count(*) from pairing") == 0
    await steps.say(connection, "Chegou?")
    await steps.stored(connection, 1)
    assert session.terminate() == 0
    assert code.replace("-", "") not in str(session.log_lines()).replace("-", "")


async def test_a_code_expires_after_a_minute_and_belongs_to_round_one(connection: Connection) -> None:
    await connection.start()
    await steps.code_shown(connection)
    assert await connection.look("select round from pairing") == 1
    left = await connection.look("select expires_at - now() from pairing")
    assert timedelta(seconds=50) < left <= timedelta(seconds=60)


async def test_what_a_person_wrote_reaches_the_phone_and_its_receipts_come_back(connection: Connection) -> None:
    await steps.link(connection)
    row = await steps.queue(connection, "Já vai, Maria")
    assert await steps.outbox_state(connection, row, "done", "failed") == "done"
    assert connection.environment.account.texts_on_phones() == ["Já vai, Maria"]
    report = await connection.look(
        "select convert_from(raw, 'UTF8')::jsonb ->> 'outcome' from inbox_event where kind = 'outbound_report'"
    )
    assert report == "sent"
    wa_id = await connection.look("select wa_id from outbox")
    await steps.until(
        "a receipt is stored",
        lambda: connection.look(
            "select 1 from inbox_event where kind = 'receipt' and position($1::bytea in raw) > 0", wa_id.encode()
        ),
    )


async def test_it_listens_for_its_doorbell(connection: Connection) -> None:
    await steps.link(connection)
    assert await connection.ring_outbound() == 1


async def test_the_worker_is_called_after_each_commit(connection: Connection) -> None:
    await steps.link(connection)
    async with connection.listening(bells.INBOX) as heard:
        await steps.say(connection, "campainha")
        payload = await asyncio.wait_for(heard(), 10)
    assert bells.parse_inbox_payload(payload) == (connection.environment.company.id, connection.id)


async def test_order_is_kept_per_chat(connection: Connection) -> None:
    await steps.link(connection)
    rows = [await steps.queue(connection, f"parte {number}") for number in range(6)]
    await steps.outbox_state(connection, rows[-1], "done")
    assert connection.environment.account.texts_on_phones() == [f"parte {number}" for number in range(6)]


async def test_a_number_without_whatsapp_fails(connection: Connection) -> None:
    await steps.link(connection)
    row = await steps.queue(connection, "Alguém aí?", "5511000000000@s.whatsapp.net")
    assert await steps.outbox_state(connection, row, "done", "failed") == "failed"


async def test_a_killed_session_resumes_without_a_code_and_loses_nothing(connection: Connection) -> None:
    session = await steps.link(connection)
    await steps.say(connection, "antes")
    await steps.stored(connection, 1)
    session.kill()
    await steps.say(connection, "durante", 5)
    successor = await connection.start()
    await steps.online(connection)
    raws = await steps.stored(connection, 6)
    assert [b"durante %d" % number in raw for number, raw in enumerate(raws[1:], 1)] == [True] * 5
    assert await connection.look("select count(*) from pairing") == 0
    assert await connection.look("select metrics ->> 'uncleanExits' from session_lease") == "1"
    assert successor.terminate() == 0
    third = await connection.start()
    await steps.online(connection)
    assert await connection.look("select metrics ->> 'uncleanExits' from session_lease") == "1"
    third.kill()


async def test_a_session_that_was_taken_over_ends_at_once_and_writes_nothing(connection: Connection) -> None:
    session = await steps.link(connection)
    await connection.take_over()
    before = await connection.look("select count(*) from inbox_event")
    await steps.say(connection, "tarde demais")
    assert session.wait(15) == 75
    assert await connection.look("select count(*) from inbox_event") == before
    assert await connection.look("select state from session_lease") is None
    connection.spawn()
    await steps.online(connection)
    assert any(b"tarde demais" in raw for raw in await steps.stored(connection, 1))


async def test_a_session_with_an_old_password_does_not_start(connection: Connection) -> None:
    await connection.take_over()
    password = connection.password
    await connection.take_over()
    connection.password = password
    assert connection.spawn().wait() == 75


async def test_a_session_that_slept_through_its_lease_ends_when_it_wakes(connection: Connection) -> None:
    session = await steps.link(connection)
    session.signal(signal.SIGSTOP)
    await connection.take_over()
    row = await steps.queue(connection, "não mande duas vezes")
    session.signal(signal.SIGCONT)
    assert session.wait(15) == 75
    assert connection.environment.account.texts_on_phones() == []
    assert await connection.look("select state from outbox where id = $1", row) == "queued"


async def test_an_interrupted_send_is_never_sent_again(connection: Connection) -> None:
    session = await steps.link(connection)
    connection.environment.account.fault("never_ack")
    row = await steps.queue(connection, "talvez")

    async def arrived() -> bool:
        return connection.environment.account.texts_on_phones() == ["talvez"]

    await steps.until("the text is on the phone", arrived)
    session.kill()
    connection.environment.account.fault("none")
    await connection.start(RECADO_UNCERTAIN_SECONDS="3")
    assert await steps.outbox_state(connection, row, "unconfirmed", "queued", "done") == "unconfirmed"
    assert await connection.look("select wa_id from outbox where id = $1", row)
    assert await steps.outbox_state(connection, row, "unknown", "queued", "done") == "unknown"
    assert connection.environment.account.texts_on_phones() == ["talvez"]


async def test_a_row_that_was_only_claimed_is_sent_by_the_next_session(connection: Connection) -> None:
    session = await steps.link(connection)
    session.kill()
    row = await steps.queue(connection, "com certeza")
    await connection.execute(
        "update outbox set state = 'sending', attempt = 1, epoch = 1, attempt_key = sha256('never attempted')"
    )
    await connection.start()
    assert await steps.outbox_state(connection, row, "done", "failed", "unknown") == "done"
    assert connection.environment.account.texts_on_phones() == ["com certeza"]


async def test_unlinking_on_the_phone_is_stored_and_final(connection: Connection) -> None:
    session = await steps.link(connection)
    connection.environment.account.unlink()
    assert session.wait() == 0
    assert await connection.look("select (state, exit_code)::text from session_lease") == "(logged_out,0)"
    assert await connection.look("select jid from connection") is None


@pytest.mark.parametrize(("code", "reason"), [(403, "locked:main_device_gone"), (406, "banned:unknown_logout")])
async def test_an_account_that_whatsapp_shuts_is_stored_as_such_and_holds_no_device(
    connection: Connection, code: int, reason: str
) -> None:
    session = await steps.link(connection)
    connection.environment.account.fault("connect_failure", code=code)
    assert session.wait() == 0
    stored = await connection.look("select (state, reason, exit_code)::text from session_lease")
    assert stored == f"(logged_out,{reason},0)"
    assert await connection.look("select jid from connection") is None


async def test_a_database_that_restarts_loses_and_doubles_nothing(connection: Connection) -> None:
    session = await steps.link(connection)
    for number in range(3):
        await steps.say(connection, f"rajada {number}", 10)
        await connection.end_backends()
    assert len(await steps.stored(connection, 30)) == 30
    assert session.running


async def test_a_stop_in_the_middle_of_a_burst_loses_nothing_that_whatsapp_believes_delivered(
    connection: Connection,
) -> None:
    session = await steps.link(connection)
    account = connection.environment.account
    await asyncio.to_thread(account.burst, messages=2400, rate=100)
    await asyncio.to_thread(wait_until, "the burst is under way", lambda: len(account.acknowledged()) > 40, 20.0, 0.0)
    assert session.terminate() == 0
    acknowledged = account.acknowledged()
    raws = await steps.stored_messages(connection)
    lost = [one for one in acknowledged if not any(one.encode() in raw for raw in raws)]
    assert len(acknowledged) < 2400, "the burst was over before the stop; make it longer"
    assert lost == []


async def test_its_log_is_json_and_tells_no_secrets(connection: Connection) -> None:
    session = await steps.link(connection)
    await steps.say(connection, "segredo")
    await steps.stored(connection, 1)
    session.terminate()
    assert session.log_lines()
    account = connection.environment.account
    for secret in ("segredo", account.number, connection.password, "linked_devices"):
        assert secret not in session.log_text


async def test_a_linked_session_is_small(connection: Connection) -> None:
    session = await steps.link(connection)
    used = psutil.Process(session.pid).memory_info().rss / (1 << 20)
    assert used <= LARGEST_MEBIBYTES


async def test_a_paused_connection_receives_but_does_not_send(connection: Connection) -> None:
    (await steps.link(connection)).kill()
    await connection.execute("update connection set paused = true")
    row = await steps.queue(connection, "mais tarde")
    await connection.start()
    await steps.online(connection)
    await steps.say(connection, "ainda chega")
    await steps.stored(connection, 1)
    await asyncio.sleep(2 * POLL_SECONDS)
    assert await connection.look("select state from outbox where id = $1", row) == "queued"


async def test_a_wish_to_unlink_takes_the_device_from_the_phone(connection: Connection) -> None:
    session = await steps.link(connection)
    assert len(connection.environment.account.devices()) == 1
    await connection.operate("select operator_api.request_logout($1)", connection.id)
    assert await connection.ring_outbound(bells.WISH) == 1
    assert session.wait(HEARTBEAT_SECONDS) == 0
    assert connection.environment.account.devices() == []
    assert (
        await connection.look("select (state, reason, exit_code)::text from session_lease") == "(logged_out,removed,0)"
    )
    assert await connection.look("select jid from connection") is None


async def test_a_session_that_starts_with_the_wish_unlinks_even_when_killed_before_it_could_say_so(
    connection: Connection,
) -> None:
    (await steps.link(connection)).kill()
    await connection.operate("select operator_api.request_logout($1)", connection.id)
    assert (await connection.start()).wait() == 0
    assert connection.environment.account.devices() == []
    await connection.execute(
        "update connection set jid = 'somebody'; update session_lease set logout_requested_at = now()"
    )
    assert (await connection.start()).wait() == 0
    assert await connection.look("select jid from connection") is None


async def test_a_number_that_whatsapp_limits_waits_receives_and_loses_nothing(connection: Connection) -> None:
    await steps.link(connection)
    account = connection.environment.account
    account.fault("error_ack", code=463, count=1)
    rows = [await steps.queue(connection, text) for text in ("cedo demais", "também espera")]
    reason = await steps.until(
        "the session says why it is silent",
        lambda: connection.look("select reason from session_lease where state = 'restricted'"),
    )
    assert reason.startswith("reach_out_restricted:until ")
    await steps.say(connection, "ainda recebe")
    await steps.stored(connection, 1)
    await asyncio.sleep(2 * POLL_SECONDS)
    assert [await connection.look("select state from outbox where id = $1", row) for row in rows] == ["queued"] * 2
    assert await connection.look("select max(attempt) from outbox") == 1
    assert await connection.look("select min(available_at) > now() + interval '1 minute' from outbox where attempt = 1")
    assert account.texts_on_phones() == []
