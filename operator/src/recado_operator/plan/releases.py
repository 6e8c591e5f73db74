"""The words of a roll-out: what runs, what should, in which waves, and how far it is. Plain values, kept as JSON."""

from collections.abc import Mapping
from datetime import datetime
from enum import Enum
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from recado_core.resources.session_options import Channel


class Release(Struct, frozen=True, gc=False):
    version: str
    image: str


class Releases(Struct, frozen=True):
    """One for each channel that sessions follow; a pinned session follows none."""

    stable: Release
    canary: Release

    def of(self, channel: Channel) -> Release:
        return self.canary if channel == "Canary" else self.stable


class Wave(Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    percent: Annotated[int, Meta(ge=0, le=100)]
    """How much of all sessions is reached by then; those of channel Canary are by every wave, with 0 alone."""
    soak_seconds: Annotated[float, Meta(ge=0)] = 0.0
    """For how long what was moved must hold out before the next wave."""


class RolloutPolicy(Struct, frozen=True, kw_only=True):
    waves: tuple[Wave, ...]
    max_unavailable_percent: float = 1.0
    """Of all linked sessions, at least one."""
    max_per_company: int = 1
    ready_seconds: float = 120.0
    ready_percent: float = 98.0
    lost_percent: float = 0.2
    """Of those that a wave moved, so many may be logged out or banned before the next."""


class Orders(Struct, frozen=True):
    """What people want of the roll-out."""

    policy: RolloutPolicy
    target: Releases
    """What the channels say."""
    paused: bool = False


class Phase(Enum):
    SETTLED = "Settled"
    """Everybody runs, or will, what their channel says."""
    MOVING = "Moving"
    SOAKING = "Soaking"
    ROLLING_BACK = "RollingBack"
    ROLLED_BACK = "RolledBack"
    """Until the channels say something else."""


FAILED = frozenset({Phase.ROLLING_BACK, Phase.ROLLED_BACK})
WAVES = frozenset({Phase.MOVING, Phase.SOAKING})


class Flight(Struct, frozen=True, kw_only=True):
    """A session that was told to change and is not back yet."""

    since: datetime
    launch: tuple[int, int]
    """Epoch and restarts of the container before: a later launch proves that it is another process."""
    was_ready: bool = False
    judged: bool = False
    """Its return decides about the wave."""
    overdue: bool = False
    """It failed: nobody waits for it any more. The wave bears few of these, and a company with one gets no turns
    for changes of its own.
    """


class RolloutState(Struct, frozen=True, kw_only=True):
    settled: Releases
    """What the last roll-out that went well has left everywhere."""
    target: Releases
    phase: Phase = Phase.SETTLED
    wave: int = -1
    reach: int = -1
    """Sessions up to this position of the target's order are reached."""
    reach_before: int | None = None
    """Those up to this position were reached by earlier waves; None while the first is on its way."""
    since: datetime | None = None
    size: int = 0
    """So many ready sessions this wave had to move when it began."""
    failed: int = 0
    lost: int = 0
    """So many reached sessions had been logged out or restricted when this wave began."""
    shut: int = 0
    """So many that held the target were logged out or banned when this wave began, as by an earlier try."""
    fallen: int = 0
    """So many were logged out or banned on their way, before they held the target."""
    down: int = 0
    """So many reached sessions were not ready when this wave began."""
    flights: Mapping[UUID, Flight] = {}
    why: str = ""
    """What stopped it."""

    @property
    def resting(self) -> bool:
        """Nothing will change unless something happens."""
        waits = any(not flight.overdue for flight in self.flights.values())
        return self.phase in {Phase.SETTLED, Phase.ROLLED_BACK} and not waits


class Member(Struct, frozen=True, kw_only=True, gc=False):
    """A connection as the roll-out sees it."""

    id: UUID
    company: str
    channel: Channel = "Stable"
    image: str = ""
    """What its session runs; empty when none runs."""
    launch: tuple[int, int] = (0, 0)
    wanted: bool = True
    """A session should run."""
    linked: bool = False
    ready: bool = False
    lost: bool = False
    """Restricted, banned, logged out: what a bad release can do to a number."""
    shut: bool = False
    """Lost for good; a number that is only restricted may be so every day, under whatever release."""
    held: str = ""
    """The image with which it was ready last, as far as this leader saw; tells of a lost one what it ran before."""
    repinned: bool = False
    """It is pinned, to another version than it runs."""
    stale: bool = False
    """Only another pod can be what it should be."""
    moving_out: bool = False
    """Its node is being emptied."""

    @property
    def moves(self) -> bool:
        """A change would interrupt it, so it needs a turn."""
        return self.wanted and self.linked and self.image != ""

    @property
    def down(self) -> bool:
        """Those that are lost are counted as that."""
        return self.wanted and self.linked and not self.lost and not self.ready
