"""Raw events as the engine's own library serialises them: the tests' side of `recado_core.engine`."""

from datetime import UTC, datetime
from typing import Any

from tests.unit.core.engine.protos import e2e, neonize

WRITTEN = datetime(2026, 11, 23, 12, 0, 0, 123000, tzinfo=UTC)
MARIA_LID = "111222333444555@lid"
MARIA_NUMBER = "5511999990001@s.whatsapp.net"
OWNER_LID = "999888777666555@lid"
OWNER_NUMBER = "5511888880000@s.whatsapp.net"
GROUP = "120363041234567890@g.us"


def jid(text: str) -> Any:
    """An address as neonize has it; the empty text is its empty address."""
    user, _, server = text.partition("@")
    return neonize.JID(User=user, RawAgent=0, Device=0, Integrator=0, Server=server, IsEmpty=not text)


def source(
    chat: str = MARIA_LID, sender: str | None = None, *, from_me: bool = False, alt: str = "", recipient_alt: str = ""
) -> Any:
    """`sender` is the chat itself unless said otherwise, as in a direct chat."""
    return neonize.MessageSource(
        Chat=jid(chat),
        Sender=jid(chat if sender is None else sender),
        IsFromMe=from_me,
        IsGroup=chat.endswith("@g.us"),
        SenderAlt=jid(alt),
        RecipientAlt=jid(recipient_alt),
        BroadcastListOwner=jid(""),
    )


def info(
    of: Any = None, *, wa_id: str = "3EB0AA", name: str = "Maria", at: datetime = WRITTEN, category: str = ""
) -> Any:
    return neonize.MessageInfo(
        MessageSource=source() if of is None else of,
        ID=wa_id,
        ServerID=0,
        Type="text",
        Pushname=name,
        Timestamp=round(at.timestamp() * 1000),
        Category=category,
        Multicast=False,
        MediaType="",
        Edit="",
    )


def message(content: Any, about: Any = None) -> bytes:
    event = neonize.Message(
        Info=info() if about is None else about,
        Message=content,
        IsEphemeral=False,
        IsViewOnce=False,
        IsViewOnceV2=False,
        IsViewOnceV2Extension=False,
        IsDocumentWithCaption=False,
        IsLottieSticker=False,
        IsEdit=False,
        UnavailableRequestID="",
        RetryCount=0,
        Raw=content,
    )
    return bytes(event.SerializeToString())


def text(body: str, about: Any = None) -> bytes:
    return message(e2e.Message(conversation=body), about)


def receipt(wa_ids: list[str], kind: int = 1, of: Any = None, at: datetime = WRITTEN) -> bytes:
    event = neonize.Receipt(
        MessageSource=source() if of is None else of,
        MessageIDs=wa_ids,
        Timestamp=int(at.timestamp()),
        Type=kind,
    )
    return bytes(event.SerializeToString())


def undecryptable(about: Any = None, *, hide: bool = False) -> bytes:
    event = neonize.UndecryptableMessage(
        Info=info() if about is None else about, IsUnavailable=False, DecryptFailMode=2 if hide else 1
    )
    return bytes(event.SerializeToString())
