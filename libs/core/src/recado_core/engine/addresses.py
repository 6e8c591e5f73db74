"""From the engine's addresses to a `Party`: which of them name the same person (engine research §2.4).

WhatsApp says a person's LID in one field and the phone number in another, in either order, and often only one of them.
"""

import re

from recado_core.engine import schema_pb2 as schema
from recado_core.engine.errors import DecodeError
from recado_core.engine.wire import Party

NUMBER_SERVERS = frozenset({"s.whatsapp.net", "c.us", "hosted"})
LID_SERVERS = frozenset({"lid", "hosted.lid"})
GROUP_SERVER = "g.us"
BROADCAST_SERVER = "broadcast"
STATUS = "status@broadcast"

_USER = re.compile(r"[0-9]{1,24}(-[0-9]{1,24})?", re.ASCII)


def server_of(jid: schema.Jid) -> str:
    return jid.server.decode()


def text_of(jid: schema.Jid) -> str:
    return f"{jid.user.decode()}@{jid.server.decode()}"


def is_direct(jid: schema.Jid) -> bool:
    return server_of(jid) in NUMBER_SERVERS | LID_SERVERS


def person(jid: schema.Jid, alternative: schema.Jid) -> Party:
    """One person from an address and, when WhatsApp says it, the same person's other address."""
    lid = pn = None
    for address in (jid, alternative):
        server = server_of(address)
        if server in LID_SERVERS and lid is None:
            lid = f"{_user(address)}@lid"
        elif server in NUMBER_SERVERS and pn is None:
            pn = f"{_user(address)}@s.whatsapp.net"
    if lid is None and pn is None:
        raise DecodeError(f"The address {text_of(jid)[:100]!r} names no person that Recado knows how to answer")
    return Party(lid=lid, pn=pn)


def chat_of(source: schema.Source) -> Party:
    """The chat that this belongs to. A customer's broadcast arrives in the customer's own chat, as on a phone."""
    server = server_of(source.chat)
    if server == GROUP_SERVER:
        return Party(group_id=f"{_user(source.chat)}@{GROUP_SERVER}")
    if server == BROADCAST_SERVER and not source.is_from_me:
        return person(source.sender, source.sender_alt)
    return person(source.chat, _peers_alternative(source))


def sender_of(source: schema.Source) -> Party | None:
    return None if source.is_from_me else person(source.sender, source.sender_alt)


def _peers_alternative(source: schema.Source) -> schema.Jid:
    """The other address of the person we talk with: the sender's, unless we are the sender."""
    if source.is_from_me:
        return source.recipient_alt
    same = source.sender.user == source.chat.user
    return source.sender_alt if same else schema.Jid()


def _user(jid: schema.Jid) -> str:
    user = jid.user.decode()
    if not _USER.fullmatch(user):
        raise DecodeError(f"The address {text_of(jid)[:100]!r} is not made of digits")
    return user
