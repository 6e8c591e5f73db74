"""Connections as the browser sees and declares them."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from recado_core.session_states import SessionState


class ConnectionView(msgspec.Struct, frozen=True, rename="camel"):
    id: UUID
    name: str
    display_name: str
    state: SessionState
    state_reason: str | None
    state_since: datetime
    phone: str | None
    paused: bool
    managed_by: str
    created_at: datetime


class ConnectionList(msgspec.Struct, frozen=True, rename="camel"):
    items: list[ConnectionView]


class NewConnection(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    display_name: Annotated[str, Meta(min_length=1, max_length=60)]


class PairingCode(msgspec.Struct, frozen=True, rename="camel"):
    text: str
    expires_at: datetime
    round: int


class PairingView(msgspec.Struct, frozen=True, rename="camel"):
    state: SessionState
    state_reason: str | None
    qr: PairingCode | None
