"""argon2id, off the event loop: a hash takes tens of milliseconds and 64 MiB, on purpose."""

import asyncio

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_hasher = PasswordHasher()
_NOBODYS = _hasher.hash("nobody has this password")


async def hash_password(password: str) -> str:
    return await asyncio.to_thread(_hasher.hash, password)


async def password_fits(password_hash: str | None, password: str) -> bool:
    """None stands for an unknown user and takes as long as a known one, so that time tells nobody who exists."""
    fits = await asyncio.to_thread(_verify, password_hash or _NOBODYS, password)
    return fits and password_hash is not None


def _verify(password_hash: str, password: str) -> bool:
    try:
        return _hasher.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False
