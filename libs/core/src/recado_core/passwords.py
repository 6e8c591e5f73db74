"""How people's passwords are kept: argon2id, off the event loop: a hash takes tens of milliseconds and 64 MiB, on
purpose. Needs the extra `passwords`; only who makes or checks people installs it.
"""

import asyncio

from argon2 import PasswordHasher

MINIMUM_PASSWORD = 10
MAXIMUM_PASSWORD = 128
"""Characters. Nobody could sign in with more."""

HASHER = PasswordHasher()


async def hash_password(password: str) -> str:
    return await asyncio.to_thread(HASHER.hash, password)
