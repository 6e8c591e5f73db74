"""Who is reached by a wave, and which release each session should run because of it.

Each roll-out has an order of its own, made from its target: a wave reaches all up to a position, so nobody has to be
listed, whoever is new knows his place, and it is not always the same companies that go first.
"""

import hashlib
from collections.abc import Iterable
from functools import lru_cache
from math import ceil
from uuid import UUID

from recado_core.resources.session_options import Channel
from recado_operator.plan.releases import FAILED, Member, Phase, Release, RolloutState

EVERYBODY = 2**32 - 1
CANARIES_ONLY = -1


@lru_cache(maxsize=2**16)
def position(target: str, key: UUID) -> int:
    """From 0 to EVERYBODY."""
    return int.from_bytes(hashlib.sha256(target.encode() + key.bytes).digest()[:4])


def reach_of(state: RolloutState, members: Iterable[Member], percent: int) -> int:
    """The position up to which `percent` of the members lie, at least one of them."""
    if percent in {0, 100}:
        return EVERYBODY if percent else CANARIES_ONLY
    places = sorted(_place(state, member.id) for member in members if member.channel == "Stable" and member.moves)
    return places[ceil(len(places) * percent / 100) - 1] if places else CANARIES_ONLY


def reached(state: RolloutState, channel: Channel, key: UUID) -> bool:
    if state.phase is Phase.SETTLED:
        return True
    return state.wave >= 0 and (channel == "Canary" or _place(state, key) <= state.reach)


def release_for(state: RolloutState, channel: Channel, key: UUID, running: str) -> Release:
    """What a session that follows `channel` should run. `running` is the image it has; empty when it starts."""
    target, settled = state.target.of(channel), state.settled.of(channel)
    if state.phase in FAILED:
        return settled
    if reached(state, channel, key):
        return target
    return next((known for known in (settled, target) if running in {"", known.image}), Release("", running))


def behind(state: RolloutState, member: Member) -> bool:
    """It runs another image than it should by now."""
    if member.image == "":
        return False
    if member.channel == "Pinned":
        return member.repinned
    return release_for(state, member.channel, member.id, member.image).image != member.image


def follows(state: RolloutState, member: Member) -> bool:
    """Whether the present wave is about it."""
    return member.channel != "Pinned" and reached(state, member.channel, member.id)


def moved(state: RolloutState, member: Member) -> bool:
    """The present wave has brought it to the target, which it held."""
    earlier = state.reach_before is not None and (
        member.channel == "Canary" or _place(state, member.id) <= state.reach_before
    )
    return follows(state, member) and not earlier and member.held == state.target.of(member.channel).image


def _place(state: RolloutState, key: UUID) -> int:
    return position(f"{state.target.stable.image} {state.target.canary.image}", key)
