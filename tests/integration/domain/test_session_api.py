"""What a session says and what the database hears: the pod's own client against the real functions, call by call."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest
from tests.integration.domain.office import MARIA, MORNING, Office, written

from recado_core.ids import new_id
from recado_session.database import Database, FencedError
from recado_session.gateway import Inbound
from recado_session.session_api import Answer, Report, SessionApi

pytestmark = pytest.mark.every_postgres


@pytest.fixture
async def api(office: Office) -> AsyncIterator[SessionApi]:
    database = Database(office.session.settings)
    yield SessionApi(database, office.session.epoch)
    await database.close()


async def test_hello_tells_whom_it_serves(api: SessionApi, office: Office) -> None:
    told = await api.hello()
    assert (told.company_id, told.connection_id, told.jid, told.paused) == (
        office.company.id,
        office.connection_id,
        None,
        False,
    )


async def test_what_is_handed_in_twice_is_stored_once(api: SessionApi) -> None:
    batch = [Inbound(number, f"key-{number}", "message", MORNING, b"raw") for number in (1, 2)]
    assert [await api.ingest(batch) for _ in range(2)] == [2, 0]


async def test_a_message_goes_out_and_its_outcome_comes_back(api: SessionApi, office: Office) -> None:
    await office.receive(written("Bom dia"))
    await office.reply(await office.ticket(), "Pois não?")
    [claimed] = await api.claim(10)
    assert (claimed.to_jid, claimed.body, claimed.attempt) == (MARIA.pn, {"kind": "text", "text": "Pois não?"}, 1)
    [unresolved] = await api.unresolved()
    assert (unresolved.outbox_id, unresolved.attempt_key) == (claimed.outbox_id, claimed.attempt_key)
    await api.report(Report(claimed.outbox_id, "sent", MORNING, "3EB0OURS"))
    await office.receive()
    _, answer = await office.messages()
    assert answer.state == "sent"
    assert await api.unresolved() == []
    assert await api.claim(10) == []


async def test_a_heartbeat_brings_back_what_people_want(api: SessionApi, behind: asyncpg.Connection) -> None:
    assert await api.heartbeat("online", "", {"journal": 3}) == Answer()
    assert await behind.fetchval("select metrics ->> 'journal' from session_lease") == "3"
    await behind.execute("update connection set paused = true, pairing_requested_at = now()")
    assert await api.heartbeat("online", "", {}) == Answer(paused=True, pairing_requested=True)


async def test_a_code_is_shown_until_the_phone_is_linked(api: SessionApi, behind: asyncpg.Connection) -> None:
    await api.publish_qr("2@abc", datetime.now(UTC) + timedelta(minutes=1), 1)
    assert await behind.fetchval("select qr from pairing") == "2@abc"
    await api.linked("5511888880000:3@s.whatsapp.net", "777@lid", "android")
    assert await behind.fetchval("select count(*) from pairing") == 0
    assert (await api.hello()).jid == "5511888880000:3@s.whatsapp.net"


async def test_a_code_to_type_takes_the_place_of_one_to_scan(api: SessionApi, behind: asyncpg.Connection) -> None:
    soon = datetime.now(UTC) + timedelta(minutes=1)
    await api.publish_qr("2@abc", soon, 1)
    await api.publish_code("ABCD-EFGH", soon, 1)
    assert await behind.fetchval("select (qr, code)::text from pairing") == "(,ABCD-EFGH)"
    await api.publish_qr("2@def", soon, 2)
    assert await behind.fetchval("select (qr, code)::text from pairing") == "(2@def,)"


async def test_the_phone_to_type_on_is_known_when_one_was_declared(api: SessionApi, behind: asyncpg.Connection) -> None:
    assert await api.pairing_phone() == ""
    await behind.execute("update connection set pairing_phone = '+5511999990000'")
    assert await api.pairing_phone() == "+5511999990000"


async def test_the_end_is_stored(api: SessionApi, behind: asyncpg.Connection) -> None:
    await api.ended("failed", "deaf", 75)
    assert await behind.fetchval("select (state, reason, exit_code)::text from session_lease") == "(failed,deaf,75)"


async def test_no_call_of_an_older_epoch_is_heard(api: SessionApi, behind: asyncpg.Connection) -> None:
    await behind.execute("update session_lease set epoch = epoch + 1")
    for call in (
        api.hello(),
        api.ingest([]),
        api.claim(1),
        api.unresolved(),
        api.report(Report(new_id(), "sent", MORNING)),
        api.heartbeat("online", "", {}),
        api.publish_qr("2@abc", MORNING, 1),
        api.publish_code("ABCD-EFGH", MORNING, 1),
        api.pairing_phone(),
        api.linked("1@s.whatsapp.net", None, ""),
        api.ended("failed", "", 75),
    ):
        with pytest.raises(FencedError):
            await call
