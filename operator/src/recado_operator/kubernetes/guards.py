"""What keeps companies apart, as it was written last: whoever takes a piece of it away or changes it is noticed.

Only what an object means is kept and compared, with what the API server made of it, so that defaults and the numbers
that controllers count do not look like somebody's change.
"""

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

import msgspec

from recado_kubernetes.kinds import NETWORK_POLICIES, POD_DISRUPTION_BUDGETS, RESOURCE_QUOTAS, SERVICE_ACCOUNTS, Kind
from recado_kubernetes.objects import ObjectMeta, decode

GUARDS = (SERVICE_ACCOUNTS, NETWORK_POLICIES, POD_DISRUPTION_BUDGETS, RESOURCE_QUOTAS)


class _Guard(msgspec.Struct, rename="camel"):
    metadata: ObjectMeta
    spec: Any = None
    automount_service_account_token: Any = None

    @property
    def meaning(self) -> tuple[Any, ...]:
        metadata = self.metadata
        return metadata.labels, metadata.owner_references, self.spec, self.automount_service_account_token


class _Written(msgspec.Struct, frozen=True):
    company: UUID
    manifest: Mapping[str, Any]
    guard: _Guard


class Guards:
    def __init__(self) -> None:
        self._written: dict[tuple[str, str, str], _Written] = {}
        self._harmed: set[UUID] = set()

    def stands(self, company: UUID, kind: Kind, manifest: Mapping[str, Any]) -> bool:
        """It was written so for `company`, and nobody was heard to harm it."""
        metadata = manifest["metadata"]
        written = self._written.get((kind.plural, metadata["namespace"], metadata["name"]))
        return written is not None and (written.company, written.manifest) == (company, manifest)

    def wrote(self, company: UUID, kind: Kind, manifest: Mapping[str, Any], answer: bytes) -> None:
        """`answer` is the API server's to the write of `manifest` for `company`."""
        guard = decode(answer, _Guard)
        place = (kind.plural, guard.metadata.namespace, guard.metadata.name)
        self._written[place] = _Written(company, manifest, guard)

    def notice(self, kind: Kind, body: bytes | msgspec.Raw | Mapping[str, Any], *, gone: bool) -> UUID | None:
        """Answers the company whose guard is no longer what was written, by this event."""
        found = decode(body, _Guard)
        place = (kind.plural, found.metadata.namespace, found.metadata.name)
        written = self._written.get(place)
        if written is None or found.metadata.version <= written.guard.metadata.version:
            return None
        if not gone and found.meaning == written.guard.meaning:
            return None
        del self._written[place]
        self._harmed.add(written.company)
        return written.company

    def missing(self, kind: Kind, namespace: str, listed: Collection[str], version: int) -> set[UUID]:
        """The companies that lost one: a complete list of `version` did not name its uid."""
        lost = [
            place
            for place, written in self._written.items()
            if place[:2] == (kind.plural, namespace)
            and written.guard.metadata.uid not in listed
            and written.guard.metadata.version <= version
        ]
        companies = {self._written.pop(place).company for place in lost}
        self._harmed |= companies
        return companies

    def harmed(self, company: UUID) -> bool:
        return company in self._harmed

    def mending(self, company: UUID) -> None:
        """All of them are about to be written: what happens from now on is another harm."""
        self._harmed.discard(company)

    def forget(self, company: UUID) -> None:
        """It is gone, and its guards go with it."""
        self._harmed.discard(company)
        self._written = {place: one for place, one in self._written.items() if one.company != company}
