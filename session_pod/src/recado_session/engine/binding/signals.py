"""Which of the engine's 45 events we listen to, and what each one is for us.

Only what we use: an event that the engine cannot encode kills its event loop, and it encodes only what is subscribed.
"""

from datetime import UTC, datetime
from typing import Any

from google.protobuf.message import Message
from neonize.events import INT_TO_EVENT

from recado_session.gateway import InboundKind
from recado_session.states import Signal, Transition, ban_detail, on_signal

INBOUND: dict[int, InboundKind] = {17: "message", 18: "receipt", 44: "undecryptable"}

SIGNALS: dict[int, Signal] = {
    3: "connected",
    4: "keep_alive_timeout",
    5: "keep_alive_restored",
    6: "logged_out",
    7: "stream_replaced",
    8: "temporary_ban",
    9: "connect_failure",
    10: "client_outdated",
    11: "stream_error",
    12: "disconnected",
}

SUBSCRIBED = (*SIGNALS, *INBOUND)


def transition(code: int, raw: bytes) -> Transition:
    """What the engine's event `code` means. Raises google.protobuf.message.DecodeError."""
    signal = SIGNALS[code]
    return on_signal(signal, _detail(signal, INT_TO_EVENT[code].FromString(raw)))


def _detail(signal: Signal, event: Any) -> str:
    match signal:
        case "logged_out" | "connect_failure":
            return _name(event, "Reason")
        case "temporary_ban":
            return ban_detail(_name(event, "Code"), event.Expire, datetime.now(UTC))
        case "stream_error":
            return str(event.Code)
        case _:
            return ""


def _name(event: Message, field: str) -> str:
    kind = event.DESCRIPTOR.fields_by_name[field].enum_type
    if kind is None:
        raise TypeError(f"{event.DESCRIPTOR.name}.{field} is no enumeration; this is another release of neonize")
    return str(kind.values_by_number[getattr(event, field)].name).lower()
