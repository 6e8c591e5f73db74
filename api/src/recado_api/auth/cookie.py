"""The refresh cookie: the token and our seal on it, so that guesses end here and never reach the database.

Changing JWT_REFRESH_SECRET breaks every seal: all users sign in again.
"""

import base64
import hashlib
import hmac
from datetime import datetime

from litestar.datastructures import Cookie

NAME = "recado_refresh"
PATH = "/api/auth"


def seal(secret: str, token: str) -> str:
    return f"{token}.{_signature(secret, token)}"


def unseal(secret: str, value: str) -> str | None:
    """The token, or None when the seal is not ours."""
    token, _, signature = value.rpartition(".")
    genuine = hmac.compare_digest(signature.encode(), _signature(secret, token).encode())
    return token if token and genuine else None


def cookie(value: str, *, now: datetime, expires_at: datetime, secure: bool) -> Cookie:
    seconds = int((expires_at - now).total_seconds())
    return Cookie(NAME, PATH, value, max_age=seconds, httponly=True, samesite="strict", secure=secure)


def expired_cookie(*, secure: bool) -> Cookie:
    return Cookie(NAME, PATH, "", max_age=0, httponly=True, samesite="strict", secure=secure)


def _signature(secret: str, token: str) -> str:
    digest = hmac.digest(secret.encode(), token.encode("utf-8", "surrogatepass"), hashlib.sha256)
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
