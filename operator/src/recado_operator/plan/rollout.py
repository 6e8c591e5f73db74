"""Brings sessions from one release to the next in waves, and back when a wave goes wrong. Pure.

A change interrupts its session for some seconds, so each waits for a turn: few at a time, one of a company, each back
before the next goes. A wave is judged while it moves and after it has soaked; one that fails takes everything that
was moved back to the release before. The state tells how far it is, so that the next leader goes on where this one
stopped; it is stored before anybody acts on it.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from uuid import UUID

from msgspec.structs import replace

from recado_operator.plan import reach
from recado_operator.plan.releases import WAVES, Flight, Member, Orders, Phase, Releases, RolloutPolicy, RolloutState

STRAY_COMPANIES = 3
"""In so many companies sessions may stay away after changes of their own; with more, something common is wrong."""

Members = Mapping[UUID, Member]


def settled(releases: Releases) -> RolloutState:
    return RolloutState(settled=releases, target=releases)


def resumed(now: datetime, state: RolloutState) -> RolloutState:
    """As a leader that has just begun finds it: who is on the way gets the whole time anew. The leader before may have
    died before it told them to go, and while nobody led nobody could help.
    """
    flights = {key: one if one.overdue else replace(one, since=now) for key, one in state.flights.items()}
    return replace(state, flights=flights)


def advance(now: datetime, orders: Orders, state: RolloutState, members: Members) -> RolloutState:
    """One step: who is back, what that says about the wave, who goes next."""
    policy = orders.policy
    state = _judge(now, policy, state, members)
    if orders.target != state.target:
        state = _begin(now, policy, state, members, orders.target)
    elif not orders.paused:
        state = _step(now, policy, state, members)
    return _grant(now, policy, state, members, paused=orders.paused)


def _judge(now: datetime, policy: RolloutPolicy, state: RolloutState, members: Members) -> RolloutState:
    flights: dict[UUID, Flight] = {}
    failed, fallen = state.failed, state.fallen
    for key, flight in state.flights.items():
        member = members.get(key)
        if member is None or not member.wanted or _landed(state, member, flight):
            continue
        late = member.shut or (now - flight.since).total_seconds() > policy.ready_seconds
        if late and not flight.overdue:
            failed += flight.judged
        if member.lost:
            fallen += member.shut and flight.judged and not reach.moved(state, member)
        else:
            flights[key] = replace(flight, overdue=late or flight.overdue)
    return replace(state, flights=flights, failed=failed, fallen=fallen)


def _landed(state: RolloutState, member: Member, flight: Flight) -> bool:
    return member.ready and member.launch > flight.launch and not needs_turn(state, member)


def needs_turn(state: RolloutState, member: Member) -> bool:
    return member.moves and (member.stale or member.moving_out or reach.behind(state, member))


def _begin(
    now: datetime, policy: RolloutPolicy, state: RolloutState, members: Members, target: Releases
) -> RolloutState:
    fresh = RolloutState(settled=state.settled, target=target, phase=Phase.MOVING, flights=_acquitted(state))
    if target == state.settled:
        return replace(fresh, phase=Phase.SETTLED)
    return _next_wave(now, policy, fresh, members)


def _step(now: datetime, policy: RolloutPolicy, state: RolloutState, members: Members) -> RolloutState:
    if state.phase in WAVES and (why := _broken(policy, state, members)):
        return _roll_back(now, state, why)
    if state.phase is Phase.MOVING and not _on_the_way(state, members):
        return replace(state, phase=Phase.SOAKING, since=now)
    if state.phase is Phase.SOAKING and _seconds(state, now) >= policy.waves[state.wave].soak_seconds:
        why = _sunk(policy, state, members)
        return _roll_back(now, state, why) if why else _next_wave(now, policy, state, members)
    if state.phase is Phase.ROLLING_BACK and not _coming_back(state, members):
        return replace(state, phase=Phase.ROLLED_BACK, since=now)
    return state


def _next_wave(now: datetime, policy: RolloutPolicy, state: RolloutState, members: Members) -> RolloutState:
    """The next wave that has anybody to move; after the last the target is what everybody runs."""
    for number in range(state.wave + 1, len(policy.waves)):
        up_to = max(state.reach, reach.reach_of(state, members.values(), policy.waves[number].percent))
        before = state.reach if state.wave >= 0 else None
        wave = replace(state, phase=Phase.MOVING, wave=number, reach=up_to, reach_before=before, since=now)
        size = sum(member.ready for member in _to_move(wave, members.values()))
        if size or any(_to_move(wave, members.values())):
            followers = list(_followers(wave, members.values()))
            lost, down = sum(one.lost for one in followers), sum(one.down for one in followers)
            shut = _shut(wave, followers)
            return replace(wave, size=size, failed=0, fallen=0, lost=lost, shut=shut, down=down)
    return replace(settled(state.target), flights=_acquitted(state))


def _acquitted(state: RolloutState) -> dict[UUID, Flight]:
    """Those who are not back yet decide about nothing any more."""
    return {key: replace(flight, judged=False) for key, flight in state.flights.items()}


def _broken(policy: RolloutPolicy, state: RolloutState, members: Members) -> str:
    """Why the wave has failed already."""
    followers = list(_followers(state, members.values()))
    own = state.fallen + _shut(state, followers) - state.shut
    if own > _share(policy.lost_percent, state.size):
        return f"{own} of {state.size} sessions that wave {state.wave + 1} moved were logged out or banned."
    if state.failed > _share(100.0 - policy.ready_percent, state.size):
        return (
            f"{state.failed} of {state.size} sessions of wave {state.wave + 1} were not ready "
            f"within {policy.ready_seconds:.0f} s."
        )
    more = sum(one.lost for one in followers) - state.lost
    if more > max(1, _share(100.0 - policy.ready_percent, len(followers))):
        return f"{more} sessions were logged out or restricted since wave {state.wave + 1} began."
    return ""


def _shut(state: RolloutState, followers: Iterable[Member]) -> int:
    """Of those that the wave moved. Others are lost for reasons of their own: in a large fleet some are every day."""
    return sum(one.shut and reach.moved(state, one) for one in followers)


def _sunk(policy: RolloutPolicy, state: RolloutState, members: Members) -> str:
    """Why the wave has failed after it soaked."""
    followers = list(_followers(state, members.values()))
    more = sum(one.down for one in followers) - state.down
    if more > _share(100.0 - policy.ready_percent, len(followers)):
        return f"{more} more sessions than before wave {state.wave + 1} are not ready."
    return ""


def _share(percent: float, total: int) -> int:
    return int(total * percent / 100.0)


def _roll_back(now: datetime, state: RolloutState, why: str) -> RolloutState:
    return replace(state, phase=Phase.ROLLING_BACK, since=now, flights={}, why=why)


def _followers(state: RolloutState, members: Iterable[Member]) -> Iterator[Member]:
    return (one for one in members if one.wanted and (one.linked or one.lost) and reach.follows(state, one))


def _to_move(state: RolloutState, members: Iterable[Member]) -> Iterator[Member]:
    return (one for one in members if one.moves and one.channel != "Pinned" and reach.behind(state, one))


def _on_the_way(state: RolloutState, members: Members) -> bool:
    flies = any(flight.judged and not flight.overdue for flight in state.flights.values())
    return flies or any(one.id not in state.flights for one in _to_move(state, members.values()))


def _coming_back(state: RolloutState, members: Members) -> bool:
    flies = any(not flight.overdue for flight in state.flights.values())
    return flies or any(_to_move(state, members.values()))


def _seconds(state: RolloutState, now: datetime) -> float:
    return (now - state.since).total_seconds() if state.since else 0.0


def _grant(
    now: datetime, policy: RolloutPolicy, state: RolloutState, members: Members, *, paused: bool
) -> RolloutState:
    """Turns for as many as may be missing at once."""
    flights = dict(state.flights)
    room = budget(policy, members) - sum(not flight.overdue for flight in flights.values())
    companies = Counter(members[key].company for key, flight in flights.items() if not flight.overdue)
    strays = {members[key].company for key, flight in flights.items() if flight.overdue and flight.was_ready}
    for member in _candidates(state, members, paused=paused):
        heals = state.phase is Phase.ROLLING_BACK and not member.ready  # it is missing already
        own = _changes_by_itself(state, member)
        if own and not heals and (member.company in strays or len(strays) > STRAY_COMPANIES):
            continue
        judged = state.phase in WAVES and member.ready and not own and not member.stale
        if heals or (room > 0 and companies[member.company] < policy.max_per_company):
            room -= 1
            companies[member.company] += 1
            flights[member.id] = Flight(since=now, launch=member.launch, was_ready=member.ready, judged=judged)
    return state if flights.keys() == state.flights.keys() else replace(state, flights=flights)


def _changes_by_itself(state: RolloutState, member: Member) -> bool:
    """For a reason that the others do not share: what becomes of it tells nothing about the release."""
    return member.channel == "Pinned" or not reach.behind(state, member)


def _candidates(state: RolloutState, members: Members, *, paused: bool) -> list[Member]:
    """Who waits for a turn: first those that a node pushes out, then those that are missing anyway."""
    waiting = [one for one in members.values() if one.id not in state.flights and needs_turn(state, one)]
    if paused:
        waiting = [one for one in waiting if one.moving_out]
    return sorted(waiting, key=lambda one: (not one.moving_out, one.ready, one.id))


def budget(policy: RolloutPolicy, members: Members) -> int:
    """How many sessions may be missing by our hand at once."""
    total = sum(member.wanted and member.linked for member in members.values())
    return max(1, int(total * policy.max_unavailable_percent / 100.0))
