"""Which connections of a company may run: the linked ones, and then the oldest, as many as the quota allows.

Lowering a quota never ends a linked session; who is not linked yet gives way first. Deterministic, so that every
connection can decide it for itself.
"""

from collections.abc import Sequence
from uuid import UUID

from recado_operator.world import Peer


def accepted(peers: Sequence[Peer], limit: int) -> frozenset[UUID]:
    staying = [peer for peer in peers if not peer.leaving]
    linked = [peer.id for peer in staying if peer.linked]
    waiting = sorted((peer for peer in staying if not peer.linked), key=lambda peer: peer.seniority)
    return frozenset((*linked, *(peer.id for peer in waiting[: max(0, limit - len(linked))])))
