"""What is not accepted, why, and what happens to the session meanwhile."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from recado_core.resources.conditions import Condition
from recado_operator.census import rivals_of
from recado_operator.conditions.connection import describe
from recado_operator.plan.actions import Declare, End, ReportState, Start
from recado_operator.plan.connection import plan
from recado_operator.plan.quota import accepted
from recado_operator.world import Memory, Peer, World

from .worlds import COMPANY, CONNECTION, NOW, RESOURCE, process, seen, with_spec, world

DAY = timedelta(days=1)
BEGINNING = datetime(2026, 1, 1, tzinfo=UTC)


def peer(number: int, **values: object) -> Peer:
    return replace(Peer(id=UUID(int=number), created=BEGINNING + number * DAY, name=f"c{number}"), **values)


ME = replace(peer(5), id=CONNECTION, name="support")

peers = st.lists(st.integers(0, 40), unique=True, max_size=20).flatmap(
    lambda numbers: st.tuples(
        *(
            st.builds(
                lambda number, linked, leaving: peer(number, linked=linked, leaving=leaving),
                st.just(number),
                st.booleans(),
                st.booleans(),
            )
            for number in numbers
        )
    )
)


def with_quota(limit: int) -> World:
    quotas = replace(COMPANY.spec.quotas, connections=limit)
    return world(company=replace(COMPANY, spec=replace(COMPANY.spec, quotas=quotas)))


def reason(of: World, kind: str = "Ready") -> str:
    found: Condition = next(told for told in describe(NOW, of).conditions if told.type == kind)
    return found.reason


@given(peers, st.integers(0, 25))
def test_the_quota_is_fair(everybody: tuple[Peer, ...], limit: int) -> None:
    allowed = accepted(everybody, limit)
    staying = [one for one in everybody if not one.leaving]
    linked, waiting = [one for one in staying if one.linked], [one for one in staying if not one.linked]
    assert {one.id for one in linked} <= allowed, "a linked session is never ended by a quota"
    assert len(allowed) == min(len(staying), max(limit, len(linked))), "as many as allowed, and not one more"
    outside = [one for one in waiting if one.id not in allowed]
    assert all(one.seniority < other.seniority for one in waiting if one.id in allowed for other in outside), (
        "the oldest come first"
    )


@given(peers, st.integers(0, 25), st.randoms())
def test_the_order_in_which_they_are_listed_decides_nothing(
    everybody: tuple[Peer, ...],
    limit: int,
    random: "st.Random",  # type: ignore[name-defined]
) -> None:
    shuffled = list(everybody)
    random.shuffle(shuffled)
    assert accepted(shuffled, limit) == accepted(everybody, limit)


@given(peers, st.integers(0, 25))
def test_a_higher_quota_takes_nothing_from_anybody(everybody: tuple[Peer, ...], limit: int) -> None:
    assert accepted(everybody, limit) <= accepted(everybody, limit + 1)


def test_over_the_quota_nothing_is_declared_and_what_waits_for_a_phone_is_stopped() -> None:
    late = replace(with_quota(1), peers=(peer(1), ME), memory=Memory())
    assert plan(NOW, late).actions == ()
    assert reason(late) == "QuotaExceeded"
    waiting = replace(late, observed=seen(state="qr"), processes=(process(),), memory=Memory(resource=RESOURCE))
    assert plan(NOW, waiting).actions == (End(1, 20.0),)
    stopped = replace(waiting, processes=())
    assert plan(NOW, stopped).actions == (ReportState(1, "stopped", "quota_exceeded"),)


def test_a_linked_session_runs_on_when_the_quota_is_lowered() -> None:
    linked = replace(
        with_quota(0), peers=(replace(ME, linked=True),), observed=seen(linked=True), processes=(process(),)
    )
    assert plan(NOW, linked).actions == ()
    assert reason(linked) == "Connected"


def test_within_the_quota_again_the_session_starts() -> None:
    back = replace(
        with_quota(2), peers=(peer(1), ME), observed=seen(state="stopped", reason="quota_exceeded", exit_code=0)
    )
    assert plan(NOW, back).actions == (Start(1),)


def test_of_two_with_one_number_the_linked_one_has_it_and_then_the_older() -> None:
    mine = replace(ME, phone="+5511999990000")
    older, younger = replace(peer(1), phone=mine.phone), replace(peer(9), phone=mine.phone)
    second = world(observed=seen(linked=True), processes=(process(),), peers=(mine,), namesakes=(older,))
    assert plan(NOW, second).actions == (End(1, 20.0),)
    assert reason(second) == "PhoneNumberInUse"
    assert plan(NOW, replace(second, namesakes=(younger,))).actions == ()
    linked = replace(second, peers=(replace(mine, linked=True),), namesakes=(older,))
    assert plan(NOW, linked).actions == ()
    leaving = replace(second, namesakes=(replace(older, leaving=True),))
    assert plan(NOW, leaving).actions == ()


def test_a_version_that_the_catalogue_does_not_hold_stops_nothing_and_starts_nothing() -> None:
    unknown = world(observed=seen(linked=True), processes=(process(),), versions=("1.0.0",), version="2.0.0")
    assert plan(NOW, unknown).actions == ()
    assert reason(unknown, "Accepted") == "VersionNotInCatalogue"
    missing = replace(unknown, processes=())
    assert plan(NOW, missing).actions == ()
    assert plan(NOW, replace(missing, version="1.0.0")).actions == (Start(1),)


def test_without_its_company_nothing_starts_and_nothing_stops() -> None:
    running = world(observed=seen(linked=True), processes=(process(),), company=None)
    assert plan(NOW, running).actions == ()
    assert plan(NOW, replace(running, processes=())).actions == ()
    nobody = replace(COMPANY, status=replace(COMPANY.status, company_id=None))
    assert plan(NOW, replace(running, company=nobody, observed=None, memory=Memory())).actions == ()


def test_a_suspended_company_rests_and_still_hears_of_changes() -> None:
    suspended = replace(COMPANY, spec=replace(COMPANY.spec, suspend=True))
    running = world(process(), observed=seen(linked=True), company=suspended, resource=with_spec(display_name="New"))
    assert plan(NOW, running).actions == (Declare(1), End(1, 20.0))


def test_rivals_claim_the_same_row_or_share_the_namespace() -> None:
    def company(number: int, namespace: str, claims: int | None = None) -> object:
        return replace(
            COMPANY,
            metadata=replace(COMPANY.metadata, uid=UUID(int=number), namespace=namespace),
            spec=replace(COMPANY.spec, company_id=claims),
            status=replace(COMPANY.status, company_id=None),
        )

    mine, neighbour, thief, other = company(1, "a", 4), company(2, "a"), company(3, "b", 4), company(4, "c", 5)
    everybody = [mine, neighbour, thief, other]
    assert list(rivals_of(mine, everybody)) == [neighbour, thief]  # type: ignore[arg-type]
