"""The roll-out at work: it knows what every session runs, stores each decision, and only then wakes whom it is about.

Each look at a connection notes here what it found, so nothing is counted anew. Decisions are made a moment after
something changed, and every two seconds while a roll-out is on its way.
"""

import asyncio
from collections.abc import Callable, Collection, Mapping
from typing import Protocol
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from recado_core.clock import Clock
from recado_core.log import logger
from recado_core.resources.session_options import UpdatePolicy
from recado_kubernetes.errors import KubernetesError
from recado_operator.build.draw import Fleet
from recado_operator.census import member_of
from recado_operator.plan import reach, rollout
from recado_operator.plan.releases import FAILED, WAVES, Member, Orders, Phase, Release, RolloutPolicy, RolloutState
from recado_operator.runtime import metrics
from recado_operator.runtime.agenda import Urgency
from recado_operator.world import Turn, World

ACTIVE_SECONDS = 2.0
RESTING_SECONDS = 30.0
"""Between two looks at the stored state, which people may annotate."""
GATHERING_SECONDS = 0.3
CALM_GATHERING_SECONDS = 2.0
"""After news, so that what comes together is decided together; longer at rest, where thousands may be starting."""

log = logger(__name__)


class Stored(Struct, frozen=True, kw_only=True):
    state: RolloutState | None = None
    """None when nothing is stored, or when it cannot be read."""
    paused: bool = False
    """A person wants everything to stay as it is."""
    version: str = ""
    """What the next write compares with; empty when there is no object yet."""


class RolloutStore(Protocol):
    async def read(self) -> Stored: ...

    async def write(self, state: RolloutState, version: str, policy: RolloutPolicy) -> Stored:
        """Raises ConflictError when somebody wrote since `version` was read."""
        ...


class Rollout:
    """`wake` is told the connections that a decision is about, whose turn it is before those who only tell of it;
    `declared` are all that there are.
    """

    def __init__(
        self,
        fleet: Fleet,
        store: RolloutStore,
        clock: Clock,
        wake: Callable[[UUID, Urgency], None],
        declared: Callable[[], Collection[UUID]],
    ) -> None:
        self.fleet = fleet
        self._store = store
        self._clock = clock
        self._wake = wake
        self._declared = declared
        self._members: dict[UUID, Member] = {}
        self._stored = Stored()
        self._state = rollout.settled(fleet.releases)
        self._complete = False
        self._begins = True
        self._news = asyncio.Event()

    async def load(self, running: Mapping[str, str]) -> None:
        """Goes on where the last leader stopped. Where nothing is stored, `running` (channel → image that most
        sessions have) is what the next roll-out begins from.
        """
        self._stored = await self._store.read()
        self._state = self._stored.state or rollout.settled(self.fleet.releases_from(running))

    def note(self, key: UUID, world: World) -> None:
        """What a look has found."""
        before, member = self._members.get(key), member_of(key, world)
        if before is not None and member is not None and not member.ready:
            member = replace(member, held=before.held)
        if before == member:
            return
        if member is None:
            del self._members[key]
        else:
            self._members[key] = member
        self._news.set()

    def release(self, key: UUID, policy: UpdatePolicy | None, running: str) -> Release | None:
        """What this session should run by now; `running` is the image it has. None when the catalogue lacks it."""
        channel = policy.channel if policy else "Stable"
        if policy is not None and channel == "Pinned":
            image = self.fleet.catalogue.get(policy.version or "")
            return Release(policy.version or "", image) if image else None
        found = reach.release_for(self._state, channel, key, running)
        return found if found.version else replace(found, version=self.version_of(found.image))

    def turn(self, key: UUID) -> Turn:
        if key in self._state.flights:
            return Turn.GO
        return Turn.PAUSED if self._stored.paused or self._state.phase in FAILED else Turn.WAIT

    def behind(self, policy: UpdatePolicy | None, image: str) -> bool:
        """Whether something else is meant for it in the end."""
        if policy is not None and policy.channel == "Pinned":
            return False
        return image != self.fleet.releases.of(policy.channel if policy else "Stable").image

    def version_of(self, image: str) -> str:
        """Also of one that left the catalogue while sessions run it."""
        state = self._state
        known = (state.settled.stable, state.settled.canary, state.target.stable, state.target.canary)
        return self.fleet.version_of(image) or next((one.version for one in known if one.image == image), "")

    def measure(self) -> None:
        state, target = self._state, self.fleet.releases
        followers = [one for one in self._members.values() if one.image and one.channel != "Pinned"]
        metrics.ROLLOUT_OUTDATED.set(sum(one.image != target.of(one.channel).image for one in followers))
        metrics.ROLLOUT_PAUSED.set(self._stored.paused or state.phase in FAILED)
        metrics.ROLLOUT_WAVE.set(state.wave + 1 if state.phase in WAVES else 0)

    async def run(self) -> None:
        """Never returns."""
        while True:
            resting = self._state.resting
            try:
                await asyncio.wait_for(self._news.wait(), RESTING_SECONDS if resting else ACTIVE_SECONDS)
                await asyncio.sleep(CALM_GATHERING_SECONDS if resting else GATHERING_SECONDS)
            except TimeoutError:
                pass
            self._news.clear()
            try:
                await self.decide()
            except KubernetesError as error:
                log.warning("the roll-out does not go on, it is tried again", problem=error.detail)
                await asyncio.sleep(ACTIVE_SECONDS)

    async def decide(self) -> None:
        """One step, when everybody is known. Stored first: who is woken finds it so."""
        self._complete = self._complete or set(self._declared()) <= self._members.keys()
        if not self._complete:
            return
        before, was_paused = self._state, self._stored.paused
        self._stored = await self._store.read()
        # Deleted by hand, or written by another leader: what is stored counts.
        known = self._stored.state or rollout.settled(before.settled)
        orders, now = Orders(self.fleet.rollout, self.fleet.releases, self._stored.paused), self._clock.now()
        found = rollout.resumed(now, known) if self._begins else known
        state = rollout.advance(now, orders, found, self._members)
        if state != self._stored.state:
            self._stored = await self._store.write(state, self._stored.version, orders.policy)
        self._begins = False
        self._state = state
        self._tell(before, was_paused=was_paused)

    def _tell(self, before: RolloutState, *, was_paused: bool) -> None:
        state = self._state
        if (before.phase, before.wave) != (state.phase, state.wave):
            log.info("the roll-out goes on", phase=state.phase.value, wave=state.wave + 1, why=state.why)
        for key in before.flights.keys() ^ state.flights.keys():
            self._wake(key, Urgency.ASKED)
        if self._stored.paused != was_paused or _stage(before) != _stage(state):
            for key in self._members:
                self._wake(key, Urgency.COMMON)


def _stage(state: RolloutState) -> tuple[object, ...]:
    return state.phase in FAILED, state.phase is Phase.SETTLED, state.wave, state.target, state.settled
