"""Who is asking, as the access token says. Nothing else in a request may say which company it is about."""

from uuid import UUID

import msgspec


class Principal(msgspec.Struct, frozen=True, kw_only=True):
    user_id: UUID
    company_id: int
    session_id: UUID
    token_version: int
    expires_at: float
    """Seconds since the epoch."""
