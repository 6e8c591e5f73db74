"""Our small schema against the engine's own, so that an upgrade of the library cannot move a field unnoticed."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.unit.core.engine.protos import e2e, neonize

import recado_core
from recado_core.engine import schema_pb2 as schema
from recado_core.engine.content_kinds import KINDS, kind_of
from recado_core.engine.contents import PROTOCOL_FOR_PEOPLE, TECHNICAL_FIELDS
from recado_core.engine.decode import HIDE, RECEIPT_TYPES

SOURCES = Path(recado_core.__file__).parents[1]
PAIRS = [
    (schema.Jid, neonize.JID),
    (schema.Source, neonize.MessageSource),
    (schema.Info, neonize.MessageInfo),
    (schema.Message, neonize.Message),
    (schema.Receipt, neonize.Receipt),
    (schema.Undecryptable, neonize.UndecryptableMessage),
    (schema.Content, e2e.Message),
    (schema.ExtendedText, e2e.ExtendedTextMessage),
    (schema.Protocol, e2e.ProtocolMessage),
]
RENAMED = {"source": "messagesource", "content": "message", "timestampms": "timestamp", "timestamps": "timestamp"}
VARINTS = {3, 5, 8, 14}
LENGTH_DELIMITED = {9, 11, 12}


def plain(name: str) -> str:
    name = name.replace("_", "").lower()
    return RENAMED.get(name, name)


@pytest.mark.parametrize(("ours", "theirs"), PAIRS, ids=lambda kind: kind.DESCRIPTOR.name)
def test_numbers_names_and_wire_types(ours: Any, theirs: Any) -> None:
    for field in ours.DESCRIPTOR.fields:
        other = theirs.DESCRIPTOR.fields_by_number[field.number]
        assert plain(other.name) in {plain(field.name), plain(field.name) + "message"}
        assert field.is_repeated == other.is_repeated
        assert any({field.type, other.type} <= alike for alike in (VARINTS, LENGTH_DELIMITED))


def test_the_table_of_contents_is_complete() -> None:
    fields = e2e.Message.DESCRIPTOR.fields
    assert {f.number: re.sub(r"Mes+age(?=V[0-9]|$)", "", f.name) for f in fields} == dict(KINDS)
    assert kind_of(9999) == "field9999"


def test_numbers_that_the_rules_name() -> None:
    names = {
        "senderKeyDistribution",
        "fastRatchetKeySenderKeyDistribution",
        "deviceSent",
        "messageContextInfo",
        "stickerSyncRmr",
        "messageHistoryBundle",
        "messageHistoryNotice",
        "groupRootKeyShare",
        "rootSecretDistribute",
    }
    assert {KINDS[number] for number in TECHNICAL_FIELDS} == names
    receipts = neonize.Receipt.ReceiptType
    assert {receipts.Name(number).lower(): ours for number, ours in RECEIPT_TYPES.items()} == {
        name: name for name in ("delivered", "read", "played")
    }
    assert neonize.UndecryptableMessage.DecryptFailModeT.Name(HIDE) == "DECRYPT_FAIL_HIDE"
    kinds: Any = e2e.ProtocolMessage.Type
    assert [kinds.Name(number) for number in PROTOCOL_FOR_PEOPLE] == ["REVOKE", "MESSAGE_EDIT"]


def test_the_generated_code_is_fresh(tmp_path: Path) -> None:
    command = f"-m grpc_tools.protoc -I {SOURCES} --python_out={tmp_path} --pyi_out={tmp_path}".split()
    subprocess.run([sys.executable, *command, "recado_core/engine/schema.proto"], check=True, timeout=60)  # noqa: S603
    for name in ("schema_pb2.py", "schema_pb2.pyi"):
        fresh = (tmp_path / "recado_core/engine" / name).read_text().replace("_Mapping]", "_Mapping[str, object]]")
        assert (SOURCES / "recado_core/engine" / name).read_text() == fresh, "schema.proto says how to make it"
