"""Connections as browsers see them, whoever changes them: a person, the operator or the session itself."""

from datetime import UTC, datetime, timedelta

import asyncpg
import pytest
from tests.integration.domain.office import Office
from tests.integration.domain.session import OperatorHand

from recado_core.ids import new_id
from recado_domain.connections.actions import Declaration, declare, remove, request_pairing, set_paused
from recado_domain.connections.queries import connection_view, list_connections, pairing_view
from recado_domain.connections.views import ConnectionView, PairingCodeView, QrView
from recado_domain.errors import NotFoundError

SOON = datetime.now(UTC) + timedelta(hours=1)


async def view(office: Office) -> ConnectionView:
    found: ConnectionView = await office.do(connection_view, office.connection_id)
    return found


async def observed(operator: OperatorHand) -> asyncpg.Record:
    [row] = await operator.operator.fetch("select * from operator_api.observe()")
    return row


async def test_declaring_twice_is_declaring_once(office: Office) -> None:
    wanted = Declaration(id=new_id(), name="support", display_name="Support", managed_by="recado")
    async with office.verified():
        made = await office.do(declare, wanted)
    assert await office.do(declare, wanted) == made
    assert (made.state, made.paused, made.phone) == ("stopped", False, None)
    assert len(await office.do(list_connections)) == 2


async def test_what_the_operator_declares_reaches_browsers(office: Office, operator: OperatorHand) -> None:
    async with office.verified():
        await operator.operator.execute(
            "select operator_api.declare_connection($1, $2, 'sales', 'New name', 'kubectl', true)",
            office.company.id,
            office.connection_id,
        )
        await office.receive()
    assert ((await view(office)).display_name, (await view(office)).paused) == ("New name", True)


async def test_pausing_is_told_to_everybody(office: Office, operator: OperatorHand) -> None:
    async with office.verified():
        assert (await office.do(set_paused, office.connection_id, paused=True)).paused
    assert (await view(office)).paused
    assert (await observed(operator))["paused"]
    [beat] = await office.session.call("heartbeat", "online", "", "{}")
    assert tuple(beat) == (True, False, False)
    async with office.verified():
        assert not (await office.do(set_paused, office.connection_id, paused=False)).paused


async def test_the_states_of_a_session_reach_browsers(office: Office, operator: OperatorHand) -> None:
    for state, reason in (("starting", ""), ("online", ""), ("reconnecting", "the network is down"), ("online", "")):
        async with office.verified():
            await office.session.call("heartbeat", state, reason, "{}")
            await office.receive()
        assert ((await view(office)).state, (await view(office)).state_reason) == (state, reason)
    row = await observed(operator)
    assert (row["state"], row["exit_code"]) == ("online", None)
    assert row["heartbeat_age_seconds"] < 60


async def test_a_heartbeat_without_news_is_no_event(office: Office, behind: asyncpg.Connection) -> None:
    await office.session.call("heartbeat", "online", "", "{}")
    before = await behind.fetchval("select count(*) from inbox_event")
    await office.session.call("heartbeat", "online", None, None)
    assert await behind.fetchval("select count(*) from inbox_event") == before


async def test_pairing(office: Office, operator: OperatorHand) -> None:
    assert (await office.do(pairing_view, office.connection_id)).qr is None
    await office.session.call("publish_qr", "2@abc", SOON, 1)
    await office.session.call("publish_qr", "2@def", SOON, 2)
    assert (await office.do(pairing_view, office.connection_id)).qr == QrView("2@def", SOON, 2)
    async with office.verified():
        await office.session.call("linked", "5511888880000:3@s.whatsapp.net", "777@lid", "android")
        await office.receive()
    assert (await office.do(pairing_view, office.connection_id)).qr is None
    assert (await view(office)).phone == "+5511888880000"
    assert (await observed(operator))["jid"] == "5511888880000:3@s.whatsapp.net"
    assert (await office.session.call("hello"))[0]["jid"] == "5511888880000:3@s.whatsapp.net"


async def test_pairing_by_code(office: Office, operator: OperatorHand) -> None:
    declare_pairing = "select operator_api.declare_pairing($1, $2)"
    await operator.operator.execute(declare_pairing, office.connection_id, "+5511888880000")
    assert [tuple(row) for row in await office.session.call("pairing_phone")] == [("+5511888880000",)]
    await office.session.call("publish_code", "ABCD-EFGH", SOON, 1)
    shown = await office.do(pairing_view, office.connection_id)
    assert (shown.qr, shown.code) == (None, PairingCodeView("ABCD-EFGH", SOON, 1))
    assert shown.phone == "+5511888880000"
    await operator.operator.execute(declare_pairing, office.connection_id, None)
    await office.session.call("publish_qr", "2@abc", SOON, 2)
    shown = await office.do(pairing_view, office.connection_id)
    assert (shown.qr, shown.code, shown.phone) == (QrView("2@abc", SOON, 2), None, None)


async def test_an_old_code_is_not_shown(office: Office) -> None:
    await office.session.call("publish_qr", "2@abc", datetime.now(UTC) - timedelta(seconds=1), 1)
    assert (await office.do(pairing_view, office.connection_id)).qr is None


async def test_new_codes_are_asked_for_until_they_come(office: Office) -> None:
    await office.do(request_pairing, office.connection_id)
    for _ in range(2):
        assert (await office.session.call("heartbeat", "qr", "", "{}"))[0]["pairing_requested"]
    await office.session.call("publish_qr", "2@abc", SOON, 1)
    assert not (await office.session.call("heartbeat", "qr", "", "{}"))[0]["pairing_requested"]


async def test_a_logged_out_session_starts_again_when_pairing_is_asked_for(
    office: Office, operator: OperatorHand
) -> None:
    await office.session.call("linked", "5511888880000@s.whatsapp.net", None, None)
    async with office.verified():
        await office.session.call("ended", "logged_out", "removed on the phone", 0)
        await office.receive()
    row = await observed(operator)
    assert (row["state"], row["exit_code"], row["jid"]) == ("logged_out", 0, None)
    await office.do(request_pairing, office.connection_id)
    row = await observed(operator)
    assert (row["state"], row["exit_code"], row["pairing_requested"]) == ("stopped", None, True)


async def test_what_an_old_session_said_does_not_count(office: Office, operator: OperatorHand) -> None:
    await office.session.call("heartbeat", "failed", "old", "{}")
    office.session = await operator.take_over(office.connection_id, office.session.epoch)
    await office.session.call("heartbeat", "online", "", "{}")
    await office.receive()
    await operator.operator.execute(
        "select operator_api.report_state($1, $2, 'failed', 'late')", office.connection_id, office.session.epoch - 1
    )
    await office.receive()
    assert (await view(office)).state == "online"


async def test_the_operator_reports_and_records(office: Office, operator: OperatorHand) -> None:
    async with office.verified():
        await operator.operator.execute(
            "select operator_api.report_state($1, $2, 'failed', 'no image')", office.connection_id, office.session.epoch
        )
        await office.receive()
    assert ((await view(office)).state, (await view(office)).state_reason) == ("failed", "no image")
    await operator.operator.execute(
        "select operator_api.record_exit($1, $2, 78)", office.connection_id, office.session.epoch
    )
    await operator.operator.execute(
        "select operator_api.record_exit($1, $2, 1)", office.connection_id, office.session.epoch - 1
    )
    assert (await observed(operator))["exit_code"] == 78


async def test_removing_takes_it_away_for_people_at_once(office: Office, operator: OperatorHand) -> None:
    async with office.verified():
        await office.do(remove, office.connection_id)
    assert (await observed(operator))["deleted"]
    for lost in (connection_view, pairing_view):
        with pytest.raises(NotFoundError):
            await office.do(lost, office.connection_id)
    for verb in (remove, request_pairing):
        with pytest.raises(NotFoundError):
            await office.do(verb, office.connection_id)
    with pytest.raises(NotFoundError):
        await office.do(declare, Declaration(id=office.connection_id, name="sales", display_name="Sales"))


async def test_what_the_operator_removes_disappears_from_browsers(office: Office, operator: OperatorHand) -> None:
    before = await office.state()
    await operator.operator.execute("select operator_api.remove_connection($1)", office.connection_id)
    async with office.domain.company(office.company.id) as work:
        await office.project(work)
    assert office.recorder.frames[-1].events == [
        {"type": "connection.removed", "connectionId": str(office.connection_id)}
    ]
    assert set(before) - set(await office.state()) == {("connection", str(office.connection_id))}


async def test_the_wish_to_unlink_is_told_until_it_is_fulfilled(office: Office, operator: OperatorHand) -> None:
    wish = "select operator_api.request_logout($1)"
    assert not (await office.session.call("hello"))[0]["logout_requested"]
    for _ in range(2):
        await operator.operator.execute(wish, office.connection_id)
    assert (await office.session.call("hello"))[0]["logout_requested"]
    [beat] = await office.session.call("heartbeat", "online", "", "{}")
    assert tuple(beat) == (False, False, True)
    await office.session.call("ended", "logged_out", "removed", 0)
    assert not (await office.session.call("hello"))[0]["logout_requested"]


@pytest.mark.parametrize(
    ("steps", "reason"),
    [("linked asked", "removed:unlink_pending"), ("asked", "removed"), ("linked", "removed")],
)
async def test_a_device_that_stayed_linked_is_on_record(
    office: Office, operator: OperatorHand, behind: asyncpg.Connection, steps: str, reason: str
) -> None:
    if "linked" in steps:
        await office.session.call("linked", "5511888880000:3@s.whatsapp.net", None, "android")
    if "asked" in steps:
        await operator.operator.execute("select operator_api.request_logout($1)", office.connection_id)
    await operator.operator.execute("select operator_api.remove_connection($1)", office.connection_id)
    async with office.domain.company(office.company.id) as work:
        await office.project(work)
    assert await behind.fetchval("select state_reason from connection where deleted_at is not null") == reason
