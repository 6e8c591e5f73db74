"""Messages, written with the engine's own classes, read with ours."""

from datetime import timedelta

import pytest
from tests.unit.core.engine import samples
from tests.unit.core.engine.protos import e2e

from recado_core.engine import decode
from recado_core.engine.errors import DecodeError
from recado_core.engine.wire import Ignored, Party, Text, Unsupported


def test_a_plain_text() -> None:
    read = decode.message(samples.text("Olá 👋🏽"))
    assert read.content == Text("Olá 👋🏽")
    assert read.wa_id == "3EB0AA"
    assert read.push_name == "Maria"
    assert read.sent_at == samples.WRITTEN, "Message.Info.Timestamp is in milliseconds"
    assert not read.from_me
    assert read.origin == "live"


def test_an_extended_text_is_a_text() -> None:
    content = e2e.Message(extendedTextMessage=e2e.ExtendedTextMessage(text="https://recado.dev", title="Recado"))
    assert decode.message(samples.message(content)).content == Text("https://recado.dev")


@pytest.mark.parametrize(
    ("chat", "alternative"), [(samples.MARIA_LID, samples.MARIA_NUMBER), (samples.MARIA_NUMBER, samples.MARIA_LID)]
)
def test_both_addresses_name_the_customer(chat: str, alternative: str) -> None:
    read = decode.message(samples.text("oi", samples.info(samples.source(chat, alt=alternative))))
    assert read.chat == Party(lid=samples.MARIA_LID, pn=samples.MARIA_NUMBER)
    assert read.chat.key == samples.MARIA_LID
    assert read.chat.phone == "5511999990001"
    assert read.sender == read.chat


def test_a_lid_alone_tells_no_phone_number() -> None:
    read = decode.message(samples.text("oi"))
    assert read.chat == Party(lid=samples.MARIA_LID)
    assert read.chat.phone is None


def test_what_the_owner_writes_on_the_phone_belongs_to_the_customers_chat() -> None:
    of = samples.source(
        sender=samples.OWNER_LID, from_me=True, alt=samples.OWNER_NUMBER, recipient_alt=samples.MARIA_NUMBER
    )
    read = decode.message(samples.text("já vou", samples.info(of)))
    assert read.chat == Party(lid=samples.MARIA_LID, pn=samples.MARIA_NUMBER)
    assert read.from_me
    assert read.origin == "phone"
    assert read.sender is None


def test_a_group_knows_who_wrote() -> None:
    of = samples.source(samples.GROUP, samples.MARIA_LID, alt=samples.MARIA_NUMBER)
    read = decode.message(samples.text("oi", samples.info(of)))
    assert read.chat == Party(group_id=samples.GROUP)
    assert read.sender == Party(lid=samples.MARIA_LID, pn=samples.MARIA_NUMBER)


def test_a_customers_broadcast_arrives_in_the_customers_chat() -> None:
    of = samples.source("1234567@broadcast", samples.MARIA_LID, alt=samples.MARIA_NUMBER)
    assert decode.message(samples.text("oi", samples.info(of))).chat.key == samples.MARIA_LID


def test_what_waited_for_us_is_offline() -> None:
    raw = samples.text("oi")
    assert decode.message(raw, samples.WRITTEN + timedelta(minutes=5)).origin == "offline"
    assert decode.message(raw, samples.WRITTEN + timedelta(seconds=5)).origin == "live"


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (e2e.Message(imageMessage=e2e.ImageMessage(caption="foto")), "image"),
        (e2e.Message(audioMessage=e2e.AudioMessage(PTT=True)), "audio"),
        (e2e.Message(reactionMessage=e2e.ReactionMessage(text="👍")), "reaction"),
        (e2e.Message(protocolMessage=e2e.ProtocolMessage(type=e2e.ProtocolMessage.REVOKE)), "revoke"),
        (e2e.Message(protocolMessage=e2e.ProtocolMessage(type=e2e.ProtocolMessage.MESSAGE_EDIT)), "messageEdit"),
        (
            e2e.Message(
                senderKeyDistributionMessage=e2e.SenderKeyDistributionMessage(groupID="g"),
                videoMessage=e2e.VideoMessage(seconds=3),
            ),
            "video",
        ),
    ],
)
def test_other_contents_are_named(content: e2e.Message, kind: str) -> None:
    assert decode.message(samples.message(content)).content == Unsupported(kind)


@pytest.mark.parametrize(
    "content",
    [
        e2e.Message(),
        e2e.Message(senderKeyDistributionMessage=e2e.SenderKeyDistributionMessage(groupID="g")),
        e2e.Message(messageContextInfo=e2e.MessageContextInfo(messageSecret=b"x" * 32)),
        e2e.Message(protocolMessage=e2e.ProtocolMessage(type=e2e.ProtocolMessage.HISTORY_SYNC_NOTIFICATION)),
        e2e.Message(protocolMessage=e2e.ProtocolMessage(type=e2e.ProtocolMessage.EPHEMERAL_SETTING)),
        e2e.Message(protocolMessage=e2e.ProtocolMessage()),
    ],
)
def test_technical_contents_are_ignored(content: e2e.Message) -> None:
    assert isinstance(decode.message(samples.message(content)).content, Ignored)


@pytest.mark.parametrize(
    "about",
    [
        samples.info(category="peer"),
        samples.info(samples.source("status@broadcast", samples.MARIA_LID)),
        samples.info(samples.source("120363000000000000@newsletter")),
        samples.info(samples.source("867051314767696@bot")),
        samples.info(samples.source("1234567@broadcast", samples.OWNER_LID, from_me=True)),
    ],
)
def test_what_belongs_to_no_team_inbox_is_ignored(about: object) -> None:
    assert isinstance(decode.message(samples.text("oi", about)).content, Ignored)


def test_a_name_keeps_its_emoji_and_loses_control_characters() -> None:
    read = decode.message(samples.text("oi", samples.info(name="Ana\0 👨‍👩‍👧\n")))
    assert read.push_name == "Ana 👨‍👩‍👧"


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", "time"),
        (b"\xff" * 20, "Broken bytes"),
        (samples.text("a\0b"), "NUL"),
        (samples.text("a" * 1_000_000), "1000000 characters"),
        (samples.text("oi", samples.info(wa_id="")), "id"),
        (samples.text("oi", samples.info(wa_id="3E\0B")), "id"),
        (samples.text("oi", samples.info(wa_id="3" * 500)), "id"),
        (samples.text("oi", samples.info(samples.source("maria@lid"))), "digits"),
        (samples.text("oi", samples.info(samples.source("123@interop"))), "no person"),
        (samples.text("oi", samples.info(samples.source(""))), "no person"),
    ],
)
def test_unreadable_messages_say_why(raw: bytes, reason: str) -> None:
    with pytest.raises(DecodeError, match=reason):
        decode.message(raw)
