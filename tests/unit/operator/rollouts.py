"""A fleet that carries roll-outs out: sessions that change image when it is their turn and come back, or do not."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID

from msgspec.structs import replace

from recado_operator.plan import reach, rollout
from recado_operator.plan.releases import (
    Member,
    Orders,
    Phase,
    Release,
    Releases,
    RolloutPolicy,
    RolloutState,
    Wave,
)

OLD, NEW = Release("1.0", "session:1.0"), Release("1.1", "session:1.1")
BEFORE, AFTER = Releases(OLD, OLD), Releases(NEW, NEW)
POLICY = RolloutPolicy(waves=(Wave(0, 60), Wave(1, 60), Wave(10, 60), Wave(50, 60), Wave(100)))
START = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)

Bad = Callable[[Member], bool]


def member(number: int, **values: object) -> Member:
    fresh = Member(
        id=UUID(int=number),
        company=f"desk/company-{number % 40}",
        image=OLD.image,
        held=OLD.image,
        launch=(1, 0),
        linked=True,
        ready=True,
    )
    return replace(fresh, **values)


class Fleet:
    """`bad` sessions do not come back from the new release."""

    def __init__(self, *members: Member, policy: RolloutPolicy = POLICY, bad: Bad = lambda _: False) -> None:
        self.members = {one.id: one for one in members}
        self.policy = policy
        self.bad = bad
        self.state = rollout.settled(BEFORE)
        self.now = START
        self.target = AFTER
        self.paused = False
        self.phases: list[tuple[Phase, int]] = []
        self.most_missing = 0
        self.reached: list[int] = []
        """How many ran the new release when each wave began."""

    def step(self, seconds: float = 5.0) -> RolloutState:
        """Decides, and lets the cluster follow."""
        self.now += timedelta(seconds=seconds)
        orders = Orders(self.policy, self.target, self.paused)
        self.state = rollout.advance(self.now, orders, self.state, self.members)
        if self.phases[-1:] != [(self.state.phase, self.state.wave)]:
            self.phases.append((self.state.phase, self.state.wave))
            self.reached.append(self.running(NEW))
        self._come_back()
        self._change()
        self.most_missing = max(self.most_missing, self.missing())
        return self.state

    def run(self, steps: int = 3000) -> RolloutState:
        """Until it rests."""
        for _ in range(steps):
            if self.step().resting:
                return self.state
        raise AssertionError(f"never at rest: {self.state}")

    def lose(self, key: UUID) -> None:
        """Logged out: its session ends, and nothing but memory tells what it ran."""
        self.members[key] = replace(self.members[key], lost=True, shut=True, linked=False, ready=False, image="")

    def running(self, release: Release) -> int:
        return len(self.on(release))

    def on(self, release: Release) -> list[UUID]:
        return [key for key, one in self.members.items() if one.image == release.image]

    def missing(self) -> int:
        """By our hand: all that are not ready, since nothing else takes any away here."""
        return sum(one.wanted and one.linked and not one.ready for one in self.members.values())

    def _come_back(self) -> None:
        for key, one in self.members.items():
            if one.moves and not one.ready and not (one.image == NEW.image and self.bad(one)):
                self.members[key] = replace(one, ready=True, held=one.image)

    def _change(self) -> None:
        for key, one in self.members.items():
            if not rollout.needs_turn(self.state, one) or key not in self.state.flights:
                continue
            wanted = reach.release_for(self.state, one.channel, key, one.image)
            launch = (one.launch[0] + 1, 0) if one.stale or one.moving_out else (one.launch[0], one.launch[1] + 1)
            image = one.image if one.channel == "Pinned" else wanted.image
            self.members[key] = replace(
                one, image=image, launch=launch, ready=False, stale=False, moving_out=False, repinned=False
            )


def fleet(count: int, bad: Bad = lambda _: False, canaries: int = 3) -> Fleet:
    """`count` sessions, the first of them of channel Canary."""
    members = [member(number, channel="Canary" if number < canaries else "Stable") for number in range(count)]
    return Fleet(*members, bad=bad)
