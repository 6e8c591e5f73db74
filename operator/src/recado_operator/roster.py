"""Everybody, found by company and by number, kept up to date one connection at a time.

Counting everybody anew for each look would cost more than the look. So each look enters its own connection here, and
is told whose verdict that may have changed: who lost or found a place in the quota, and who has the same number.
"""

from collections import defaultdict
from collections.abc import Collection
from uuid import UUID

from msgspec import Struct

from recado_core.resources.connection import WhatsAppConnection
from recado_operator.census import Place, company_place, is_ready, peer_of
from recado_operator.plan.quota import accepted
from recado_operator.world import ObservedSession, Peer


class _Entry(Struct, frozen=True):
    place: Place
    peer: Peer
    ready: bool


class Roster:
    def __init__(self) -> None:
        self._entries: dict[UUID, _Entry] = {}
        self._by_company: dict[Place, dict[UUID, Peer]] = defaultdict(dict)
        self._by_phone: dict[str, set[UUID]] = defaultdict(set)
        self._ready: dict[Place, int] = defaultdict(int)
        self._accepted: dict[Place, frozenset[UUID]] = {}

    def enter(self, resource: WhatsAppConnection, seen: ObservedSession | None) -> frozenset[UUID]:
        """Answers the others with a number that this one has now, or had before."""
        peer = peer_of(resource, seen)
        if peer is None:
            return frozenset()
        entry = _Entry(company_place(resource), peer, is_ready(resource))
        before = self._entries.get(peer.id)
        if before == entry:
            return frozenset()
        affected = self.strike(peer.id)
        self._entries[peer.id] = entry
        self._by_company[entry.place][peer.id] = peer
        self._ready[entry.place] += entry.ready
        if peer.phone is not None:
            affected |= self._by_phone[peer.phone]
            self._by_phone[peer.phone].add(peer.id)
        same = before is not None and before.peer == peer
        return frozenset() if same else affected - {peer.id}

    def strike(self, key: UUID) -> frozenset[UUID]:
        """Takes one out that is gone; answers the others that have its number."""
        entry = self._entries.pop(key, None)
        if entry is None:
            return frozenset()
        del self._by_company[entry.place][key]
        self._ready[entry.place] -= entry.ready
        if entry.peer.phone is None:
            return frozenset()
        self._by_phone[entry.peer.phone].discard(key)
        return frozenset(self._by_phone[entry.peer.phone])

    def settle(self, place: Place, limit: int) -> frozenset[UUID]:
        """Whose place in the quota changed since the last time."""
        before = self._accepted.get(place)
        now = self._accepted[place] = accepted(self.peers(place), limit)
        if before is None:
            return frozenset()
        return (before ^ now) & self._by_company[place].keys()

    def peers(self, place: Place) -> tuple[Peer, ...]:
        return tuple(self._by_company[place].values()) if place in self._by_company else ()

    def relevant(self, key: UUID, place: Place, limit: int) -> tuple[Peer, ...]:
        """Those that a verdict about `key` depends on: all of them only where there are more than may be."""
        company = self._by_company.get(place, {})
        if len(company) > limit:
            return tuple(company.values())
        return (company[key],) if key in company else ()

    def namesakes(self, key: UUID) -> tuple[Peer, ...]:
        """Others with the number of connection `key`."""
        entry = self._entries.get(key)
        if entry is None or entry.peer.phone is None:
            return ()
        return tuple(self._entries[other].peer for other in sorted(self._by_phone[entry.peer.phone] - {key}))

    def ready(self, place: Place) -> int:
        return self._ready.get(place, 0)

    def __contains__(self, key: UUID) -> bool:
        return key in self._entries

    def keys(self) -> Collection[UUID]:
        return self._entries.keys()
