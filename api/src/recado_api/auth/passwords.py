"""Checks passwords, a core each at most: hashing is slow on purpose and must not starve everything else."""

import asyncio
import os

from recado_domain.users.passwords import password_fits


class PasswordCheck:
    def __init__(self) -> None:
        self._cores = asyncio.Semaphore(os.cpu_count() or 1)

    async def fits(self, password_hash: str | None, password: str) -> bool:
        """None for an unknown user: takes as long, so that time tells nobody who exists."""
        async with self._cores:
            return await password_fits(password_hash, password)
