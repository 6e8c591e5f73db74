"""Who is let go once the time of retained connections is over, and who is waited for."""

from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from recado_operator.plan.retention import MOST, to_collect
from recado_operator.ports import DatabaseUnavailableError
from recado_operator.retention import Retention
from recado_operator.world import OverdueConnection

from .test_reconcile import OTHER, OTHER_RESOURCE, Bench
from .worlds import CONNECTION, RESOURCE, seen

RETAINED = OverdueConnection(connection_id=CONNECTION, company_id=1, name="support", linked=True)
HEIR = replace(RESOURCE, metadata=replace(RESOURCE.metadata, uid=UUID(int=7)))

rows = st.lists(
    st.builds(
        OverdueConnection,
        connection_id=st.uuids(),
        company_id=st.integers(1, 3),
        name=st.sampled_from(["a", "b", "c"]),
        linked=st.booleans(),
    ),
    max_size=3 * MOST,
)
places = st.sets(st.tuples(st.integers(1, 3), st.sampled_from(["a", "b", "c"])))


@given(rows, places)
def test_those_that_nobody_waits_for_go_longest_first_and_not_all_at_once(
    overdue: list[OverdueConnection], awaited: set[tuple[int, str]]
) -> None:
    chosen = to_collect(overdue, awaited)
    assert not {(each.company_id, each.name) for each in chosen} & awaited
    free = [each for each in overdue if (each.company_id, each.name) not in awaited]
    assert list(chosen) == free[: len(chosen)]
    assert len(chosen) == min(MOST, len(free))


@pytest.fixture
def bench() -> Bench:
    made = Bench()
    made.manifests.resources = []
    made.database.waiting = [RETAINED]
    return made


def retention(bench: Bench, days: int = 30) -> Retention:
    return Retention(bench.manifests, bench.database, days)


async def test_a_device_that_stays_linked_is_told_once(bench: Bench, capsys: pytest.CaptureFixture[str]) -> None:
    rounds = [await retention(bench).collect() for _ in range(2)]
    assert rounds == [[CONNECTION], []]
    assert bench.database.asked == [timedelta(days=30)] * 2
    assert capsys.readouterr().out.count("remove the device on the phone") == 1


async def test_a_device_that_was_unlinked_before_is_nothing_to_do_for_a_person(
    bench: Bench, capsys: pytest.CaptureFixture[str]
) -> None:
    bench.database.waiting = [replace(RETAINED, linked=False)]
    assert await retention(bench).collect() == [CONNECTION]
    assert "on the phone" not in capsys.readouterr().out


async def test_with_no_days_they_are_kept_for_ever_and_nobody_asks(bench: Bench) -> None:
    assert await retention(bench, days=0).collect() == []
    assert bench.database.asked == []


async def test_one_that_a_resource_is_about_to_take_up_is_waited_for(bench: Bench) -> None:
    bench.manifests.resources = [HEIR]
    assert await retention(bench).collect() == []
    bench.database.rows[UUID(int=7)] = seen(connection_id=UUID(int=7))  # it has a device of its own
    assert await retention(bench).collect() == [CONNECTION]


async def test_a_resource_of_another_name_or_without_a_company_waits_for_nothing(bench: Bench) -> None:
    bench.manifests.resources = [OTHER_RESOURCE]
    assert await retention(bench).collect() == [CONNECTION]
    bench.database.waiting, bench.manifests.resources = [RETAINED], [HEIR]
    bench.manifests.companies_here = []
    assert await retention(bench).collect() == [CONNECTION]


async def test_one_that_fails_does_not_hold_up_the_others(bench: Bench) -> None:
    bench.database.waiting = [RETAINED, replace(RETAINED, connection_id=OTHER, name="sales")]
    bench.database.broken = CONNECTION
    assert await retention(bench).collect() == [OTHER]
    bench.database.broken = None
    assert await retention(bench).collect() == [CONNECTION]


async def test_one_that_was_taken_up_meanwhile_is_not_told(bench: Bench, capsys: pytest.CaptureFixture[str]) -> None:
    bench.database.faster = True
    assert await retention(bench).collect() == []
    assert capsys.readouterr().out == ""


async def test_an_outage_is_told_to_whoever_comes_again(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    async def away(*_: object) -> bool:
        raise DatabaseUnavailableError("PostgreSQL cannot be asked")

    monkeypatch.setattr(bench.database, "collect", away)
    with pytest.raises(DatabaseUnavailableError):
        await retention(bench).collect()
