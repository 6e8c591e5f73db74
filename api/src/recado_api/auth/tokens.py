"""Access tokens: ten minutes, HS256, every claim required. They carry the company, and nothing else ever does."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal
from uuid import UUID

import jwt
import msgspec
from msgspec import Meta

from recado_api.auth.errors import UnauthenticatedError
from recado_api.auth.principal import Principal
from recado_core.clock import Clock

ISSUER: Literal["recado"] = "recado"
AUDIENCE: Literal["recado-api"] = "recado-api"
LIFETIME = timedelta(minutes=10)

_Canonical = Annotated[str, Meta(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z")]


class _Claims(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Decoded strictly: a claim of another type or a claim more is a forgery, not a variant."""

    typ: Literal["access"]
    iss: Literal["recado"]
    aud: Literal["recado-api"]
    iat: int
    exp: int
    sub: _Canonical
    sid: _Canonical
    cid: Annotated[int, Meta(ge=1)]
    ver: Annotated[int, Meta(ge=0)]


class AccessTokens:
    def __init__(self, secret: str, clock: Clock, lifetime: timedelta = LIFETIME) -> None:
        self._secret = secret
        self._clock = clock
        self._lifetime = lifetime

    def issue(self, *, user_id: UUID, company_id: int, session_id: UUID, token_version: int) -> tuple[str, datetime]:
        """The token and when it expires."""
        issued = self._clock.now().replace(microsecond=0)
        expires = issued + self._lifetime
        claims = _Claims(
            typ="access",
            iss=ISSUER,
            aud=AUDIENCE,
            iat=int(issued.timestamp()),
            exp=int(expires.timestamp()),
            sub=str(user_id),
            sid=str(session_id),
            cid=company_id,
            ver=token_version,
        )
        return jwt.encode(msgspec.structs.asdict(claims), self._secret, algorithm="HS256"), expires.astimezone(UTC)

    def read(self, token: str) -> Principal:
        """Raises UnauthenticatedError, whatever is wrong with the token."""
        try:
            payload = jwt.decode(
                token,
                self._secret,
                algorithms=["HS256"],
                audience=AUDIENCE,
                issuer=ISSUER,
                options={"require": list(_Claims.__struct_fields__)},
            )
            claims = msgspec.convert(payload, _Claims)
        except (jwt.InvalidTokenError, msgspec.ValidationError, ValueError) as error:
            raise UnauthenticatedError from error
        return Principal(
            user_id=UUID(claims.sub),
            company_id=claims.cid,
            session_id=UUID(claims.sid),
            token_version=claims.ver,
            expires_at=float(claims.exp),
        )
