"""Connections as the browser declares them."""

from collections.abc import Sequence
from typing import Annotated

import msgspec
from msgspec import Meta

from recado_api.http.fields import NOT_BLANK_NO_NUL
from recado_core.resources.connection import PhoneNumber
from recado_domain.connections.views import ConnectionView


class ConnectionList(msgspec.Struct, frozen=True, rename="camel"):
    items: Sequence[ConnectionView]


class NewConnection(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    display_name: Annotated[str, Meta(min_length=1, max_length=60, pattern=NOT_BLANK_NO_NUL)]
    code_for: PhoneNumber | None = None
    """Links the phone with this number by a code that is typed on it; without it, any phone by QR code."""
