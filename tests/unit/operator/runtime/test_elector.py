"""Who leads, over a lease in memory that compares and sets as the API server does."""

import asyncio
from dataclasses import dataclass, field

import pytest
from msgspec.structs import replace

from recado_kubernetes.errors import ConflictError, UnreachableError
from recado_operator.runtime.elector import JITTER, LOOK_SECONDS, Elector, LeadershipLostError, LeaseRecord

from .hands import Hands


@dataclass
class Lease:
    record: LeaseRecord | None = None
    reachable: bool = True
    writes: list[LeaseRecord] = field(default_factory=list)

    async def read(self) -> LeaseRecord | None:
        self._check()
        return self.record

    async def write(self, record: LeaseRecord) -> LeaseRecord:
        self._check()
        if record.version != (self.record.version if self.record else ""):
            raise ConflictError("somebody was faster")
        self.record = replace(record, version=f"{len(self.writes) + 1}")
        self.writes.append(self.record)
        return self.record

    def _check(self) -> None:
        if not self.reachable:
            raise UnreachableError("gone")


@dataclass
class Bench:
    clock: Hands = field(default_factory=Hands)
    lease: Lease = field(default_factory=Lease)

    def elector(self, identity: str) -> Elector:
        return Elector(self.lease, self.clock, identity, self.clock.sleep)


@pytest.fixture
def bench() -> Bench:
    return Bench()


async def test_the_first_leads_at_once(bench: Bench) -> None:
    elector = bench.elector("a")
    await elector.acquire()
    assert elector.leading
    assert bench.lease.record is not None
    assert bench.lease.record.holder == "a"


@pytest.mark.parametrize("late", [0.0, 0.5, LOOK_SECONDS * (1 + JITTER)], ids=["at once", "late", "as late as can be"])
async def test_a_leader_that_is_gone_is_followed_after_its_lease(bench: Bench, late: float) -> None:
    """Counted from its last renewal, which a follower sees at its next look."""
    await bench.elector("a").acquire()
    second, began = bench.elector("b"), bench.clock.seconds
    bench.clock.seconds += late
    await second.acquire()
    assert 12.0 < bench.clock.seconds - began <= 12.0 + late + 0.1
    assert bench.lease.record is not None
    assert (bench.lease.record.holder, bench.lease.record.transitions) == ("b", 1)


async def test_a_leader_that_renews_is_not_followed(bench: Bench) -> None:
    first, second = bench.elector("a"), bench.elector("b")
    await first.acquire()
    follower = asyncio.create_task(second.acquire())
    for _ in range(50):
        await bench.clock.sleep(2.0)
        assert await first._acquire_or_renew()
    assert not follower.done()
    follower.cancel()


async def test_a_released_lease_is_taken_at_once(bench: Bench) -> None:
    first, second = bench.elector("a"), bench.elector("b")
    await first.acquire()
    await first.release()
    began = bench.clock.seconds
    await second.acquire()
    assert bench.clock.seconds == began
    assert not first.leading


async def test_who_cannot_renew_gives_up_before_others_may_lead(bench: Bench) -> None:
    elector = bench.elector("a")
    await elector.acquire()
    bench.lease.reachable, began = False, bench.clock.seconds
    with pytest.raises(LeadershipLostError):
        await elector.hold()
    assert 8.0 < bench.clock.seconds - began < 12.0


async def test_who_finds_another_holder_gives_up(bench: Bench) -> None:
    elector = bench.elector("a")
    await elector.acquire()
    assert bench.lease.record is not None
    bench.lease.record = replace(bench.lease.record, holder="b", version="99")
    with pytest.raises(LeadershipLostError):
        await elector.hold()
    assert bench.lease.record.holder == "b"


async def test_a_frozen_leader_does_not_overwrite_its_successor(bench: Bench) -> None:
    first, second = bench.elector("a"), bench.elector("b")
    await first.acquire()
    bench.clock.seconds += 60.0
    await second.acquire()
    await first.release()
    assert not await first._try()
    assert bench.lease.record is not None
    assert bench.lease.record.holder == "b"


async def test_the_same_pod_leads_again_without_waiting(bench: Bench) -> None:
    await bench.elector("a").acquire()
    began = bench.clock.seconds
    await bench.elector("a").acquire()
    assert bench.clock.seconds == began
