"""Makes the first person of a company from `spec.initialAdmin`: reads the Secret, hashes, and hands only the hash over.

The password is in this process for as long as hashing takes. It stands in no status, no log and no error.
"""

import asyncio
from collections.abc import Mapping

from recado_core.passwords import MAXIMUM_PASSWORD, MINIMUM_PASSWORD, hash_password
from recado_core.resources.company import InitialAdmin
from recado_core.resources.conditions import Reason
from recado_kubernetes.errors import ForbiddenError
from recado_operator.ports import Companies, FirstAdminAnswer, Secrets

ANSWERS: Mapping[FirstAdminAnswer, Reason] = {
    "created": Reason.CREATED,
    "has_people": Reason.ALREADY_HAS_PEOPLE,
    "no_place": Reason.AGENT_QUOTA_EXCEEDED,
    "email_taken": Reason.EMAIL_TAKEN,
}


class FirstAdmins:
    def __init__(self, secrets: Secrets, companies: Companies) -> None:
        self._secrets = secrets
        self._companies = companies
        self._hashing = asyncio.Lock()
        """A hash takes 64 MiB; a hundred companies that are applied at once are hashed for one after another."""

    async def make(self, company_id: int, namespace: str, wanted: InitialAdmin) -> Reason:
        """What became of it. May be repeated: nobody is made twice, and nobody who is there is changed."""
        try:
            value = await self._secrets.value(namespace, wanted.password_secret_ref)
        except ForbiddenError:
            return Reason.SECRET_NOT_READABLE
        if value is None:
            return Reason.SECRET_NOT_FOUND
        password = _text(value)
        if password is None or len(password) > MAXIMUM_PASSWORD:
            return Reason.PASSWORD_UNUSABLE
        if len(password) < MINIMUM_PASSWORD:
            return Reason.PASSWORD_TOO_SHORT
        async with self._hashing:
            hashed = await hash_password(password)
        return ANSWERS[await self._companies.make_first_admin(company_id, wanted.email, hashed)]


def _text(value: bytes) -> str | None:
    """Without the end of line that a file brings along; nobody could type it. None when it is no text."""
    try:
        return value.decode().rstrip("\r\n")
    except UnicodeDecodeError:
        return None
