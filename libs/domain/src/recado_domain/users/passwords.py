"""Whether a password is the right one, in the same time for whoever exists and whoever does not."""

import asyncio

from argon2.exceptions import InvalidHashError, VerificationError

from recado_core.passwords import HASHER

_NOBODYS = HASHER.hash("nobody has this password")


async def password_fits(password_hash: str | None, password: str) -> bool:
    """None stands for an unknown user and takes as long as a known one, so that time tells nobody who exists."""
    fits = await asyncio.to_thread(_verify, password_hash or _NOBODYS, password)
    return fits and password_hash is not None


def _verify(password_hash: str, password: str) -> bool:
    try:
        return HASHER.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False
