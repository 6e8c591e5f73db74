"""Receipts, waiting messages and the session's own reports."""

import uuid
from datetime import UTC, datetime

import msgspec
import pytest
from tests.unit.core.engine import samples

from recado_core.engine import decode
from recado_core.engine.errors import DecodeError
from recado_core.engine.wire import Nothing, OutboundReport, Party, ReceiptReceived, SessionStateReport, Waiting


@pytest.mark.parametrize(
    ("number", "expected"), [(1, "delivered"), (4, "read"), (6, "played"), (3, "other"), (5, "other"), (8, "other")]
)
def test_receipt_types(number: int, expected: str) -> None:
    read = decode.receipt(samples.receipt(["A", "B"], number))
    assert isinstance(read, ReceiptReceived)
    assert read.type == expected
    assert read.wa_ids == ("A", "B")


def test_a_receipts_time_is_in_seconds() -> None:
    read = decode.receipt(samples.receipt(["A"]))
    assert isinstance(read, ReceiptReceived)
    assert read.at == samples.WRITTEN.replace(microsecond=0)
    assert read.chat == Party(lid=samples.MARIA_LID)


@pytest.mark.parametrize("chat", ["120363000000000000@newsletter", "status@broadcast"])
def test_receipts_outside_the_inbox_are_nothing(chat: str) -> None:
    assert isinstance(decode.receipt(samples.receipt(["A"], of=samples.source(chat))), Nothing)


def test_a_receipt_for_no_message_is_refused() -> None:
    with pytest.raises(DecodeError, match="no message"):
        decode.receipt(samples.receipt([]))


def test_a_message_that_waits_for_its_keys() -> None:
    read = decode.undecryptable(samples.undecryptable())
    assert isinstance(read, Waiting)
    assert read.wa_id == "3EB0AA"
    assert read.chat.key == samples.MARIA_LID
    assert read.sent_at == samples.WRITTEN


def test_what_whatsapp_hides_is_nothing() -> None:
    assert isinstance(decode.undecryptable(samples.undecryptable(hide=True)), Nothing)
    status = samples.info(samples.source("status@broadcast", samples.MARIA_LID))
    assert isinstance(decode.undecryptable(samples.undecryptable(status)), Nothing)


def test_reports_as_postgresql_writes_them() -> None:
    identifier = uuid.uuid4()
    raw = (
        f'{{"message_id": "{identifier}", "outcome": "sent", "wa_id": "3EB0", "reason": null, '
        '"at": "2026-11-23T12:00:00.123456+00:00"}'
    )
    assert decode.report(raw.encode()) == OutboundReport(
        message_id=identifier,
        outcome="sent",
        wa_id="3EB0",
        at=datetime(2026, 11, 23, 12, 0, 0, 123456, tzinfo=UTC),
    )


def test_session_states() -> None:
    raw = b'{"state": "online", "reason": null, "epoch": 3, "at": "2026-11-23T12:00:00+00:00"}'
    assert decode.state(raw) == SessionStateReport(
        state="online", epoch=3, at=datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
    )


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"null",
        b'{"state": "dancing", "epoch": 1, "at": "2026-11-23T12:00:00+00:00"}',
        b'{"state": "online", "epoch": 1, "at": "2026-11-23T12:00:00"}',
        b"[" * 100_000,
    ],
)
def test_broken_reports_are_refused(raw: bytes) -> None:
    with pytest.raises(DecodeError):
        decode.state(raw)


def test_event_reads_every_kind() -> None:
    report = msgspec.json.encode({"state": "qr", "reason": "new", "epoch": 1, "at": datetime.now(UTC)})
    rows = {
        "message": samples.text("oi"),
        "receipt": samples.receipt(["A"]),
        "undecryptable": samples.undecryptable(),
        "session_state": report,
    }
    for kind, raw in rows.items():
        decode.event(kind, raw)
    with pytest.raises(DecodeError, match="upgrade the workers"):
        decode.event("hologram", b"")
