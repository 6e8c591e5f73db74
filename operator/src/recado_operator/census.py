"""Who else there is: the connections of a company, and those that claim one number. Pure, from what was listed."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from uuid import UUID

from msgspec import Struct

from recado_core.resources.company import Company
from recado_core.resources.conditions import ConditionType, condition
from recado_core.resources.connection import WhatsAppConnection
from recado_operator.world import ObservedSession, Peer

_BEFORE_ALL = datetime(1970, 1, 1, tzinfo=UTC)
"""For manifests without a time of creation: their ids grow with time, and decide."""

Place = tuple[str, str]
"""Namespace and name."""


def peer_of(resource: WhatsAppConnection, seen: ObservedSession | None) -> Peer | None:
    """None for a resource that has no uid yet."""
    metadata = resource.metadata
    if metadata.uid is None:
        return None
    return Peer(
        id=metadata.uid,
        name=metadata.name,
        created=metadata.creation_timestamp or _BEFORE_ALL,
        linked=seen is not None and seen.linked,
        phone=resource.spec.phone_number or (seen.phone if seen else None),
        leaving=metadata.deletion_timestamp is not None or (seen is not None and seen.deleted),
    )


def company_place(resource: WhatsAppConnection) -> Place:
    return resource.metadata.namespace, resource.spec.company_ref.name


def is_ready(resource: WhatsAppConnection) -> bool:
    told = condition(resource.status.conditions, ConditionType.READY)
    return told is not None and told.status == "True"


def rivals_of(company: Company, companies: Iterable[Company]) -> tuple[Company, ...]:
    """The others that claim the same row, or stand in the same namespace."""
    claimed = {company.spec.company_id, company.status.company_id} - {None}
    return tuple(
        other
        for other in companies
        if other.metadata.uid != company.metadata.uid
        and (
            other.metadata.namespace == company.metadata.namespace
            or claimed & {other.spec.company_id, other.status.company_id}
        )
    )


class Census(Struct, frozen=True):
    """Everybody, found by company and by number."""

    by_company: Mapping[Place, tuple[Peer, ...]]
    by_phone: Mapping[str, tuple[Peer, ...]]
    ready: Mapping[Place, int]

    def peers(self, place: Place) -> tuple[Peer, ...]:
        return self.by_company.get(place, ())

    def namesakes(self, key: UUID, place: Place) -> tuple[Peer, ...]:
        """Others with the number of connection `key`."""
        mine = next((peer for peer in self.peers(place) if peer.id == key), None)
        if mine is None or mine.phone is None:
            return ()
        return tuple(peer for peer in self.by_phone[mine.phone] if peer.id != key)


def take_census(resources: Iterable[WhatsAppConnection], observed: Mapping[UUID, ObservedSession]) -> Census:
    by_company: dict[Place, list[Peer]] = defaultdict(list)
    by_phone: dict[str, list[Peer]] = defaultdict(list)
    ready: dict[Place, int] = defaultdict(int)
    for resource in resources:
        uid = resource.metadata.uid
        peer = peer_of(resource, observed.get(uid) if uid else None)
        if peer is None:
            continue
        by_company[company_place(resource)].append(peer)
        ready[company_place(resource)] += is_ready(resource)
        if peer.phone is not None:
            by_phone[peer.phone].append(peer)
    return Census(
        {place: tuple(peers) for place, peers in by_company.items()},
        {phone: tuple(peers) for phone, peers in by_phone.items()},
        dict(ready),
    )
