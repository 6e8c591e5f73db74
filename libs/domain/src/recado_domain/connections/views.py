from datetime import datetime
from uuid import UUID

import msgspec

from recado_core.session_states import SessionState


class ConnectionView(msgspec.Struct, frozen=True, rename="camel"):
    id: UUID
    name: str
    display_name: str
    state: SessionState
    state_reason: str
    state_since: datetime
    phone: str | None
    paused: bool
    managed_by: str
    created_at: datetime


class QrView(msgspec.Struct, frozen=True, rename="camel"):
    text: str
    expires_at: datetime
    round: int


class PairingCodeView(msgspec.Struct, frozen=True, rename="camel"):
    text: str
    """`ABCD-EFGH`"""
    expires_at: datetime
    round: int


class PairingView(msgspec.Struct, frozen=True, rename="camel"):
    """At most one of `qr` and `code` is there: `code` where a phone is linked by typing."""

    state: SessionState
    state_reason: str
    qr: QrView | None
    code: PairingCodeView | None
    phone: str | None
    """The number whose phone a code is typed on; none where a phone is linked by QR code."""
