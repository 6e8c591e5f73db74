"""Everybody by company and number, and whose verdict a change of one changes."""

from uuid import UUID

import pytest
from msgspec.structs import replace

from recado_core.resources.connection import WhatsAppConnection
from recado_operator.roster import Roster

from .worlds import RESOURCE, seen

ACME = ("", "acme")
PHONE = "+5511999990000"


def declared(number: int, phone: str | None = None) -> WhatsAppConnection:
    metadata = replace(RESOURCE.metadata, name=f"c{number}", uid=UUID(int=number))
    return replace(RESOURCE, metadata=metadata, spec=replace(RESOURCE.spec, phone_number=phone))


@pytest.fixture
def roster() -> Roster:
    return Roster()


def test_peers_are_found_by_company_and_namesakes_by_number(roster: Roster) -> None:
    roster.enter(declared(1, PHONE), None)
    roster.enter(declared(2), seen(linked=True, phone=PHONE))
    roster.enter(declared(3), None)
    assert {peer.id.int for peer in roster.peers(ACME)} == {1, 2, 3}
    assert [peer.id.int for peer in roster.namesakes(UUID(int=1))] == [2]
    assert roster.namesakes(UUID(int=3)) == ()
    assert roster.namesakes(UUID(int=9)) == ()


def test_who_shares_a_number_that_comes_or_goes_is_told(roster: Roster) -> None:
    assert roster.enter(declared(1, PHONE), None) == set()
    assert roster.enter(declared(2, PHONE), None) == {UUID(int=1)}
    assert roster.enter(declared(2, PHONE), None) == set()
    assert roster.enter(declared(2), None) == {UUID(int=1)}
    roster.enter(declared(2, PHONE), None)
    assert roster.strike(UUID(int=1)) == {UUID(int=2)}
    assert roster.strike(UUID(int=1)) == set()


def test_who_gains_or_loses_a_place_in_the_quota_is_told(roster: Roster) -> None:
    for number in (2, 3):
        roster.enter(declared(number), None)
    assert roster.settle(ACME, 2) == set()
    roster.enter(declared(1), None)  # older than both
    assert roster.settle(ACME, 2) == {UUID(int=1), UUID(int=3)}
    assert roster.settle(ACME, 2) == set()
    roster.strike(UUID(int=2))
    assert roster.settle(ACME, 2) == {UUID(int=3)}
    assert roster.settle(ACME, 1) == {UUID(int=3)}


def test_a_verdict_needs_everybody_only_where_there_are_too_many(roster: Roster) -> None:
    for number in (1, 2):
        roster.enter(declared(number), None)
    assert [peer.id.int for peer in roster.relevant(UUID(int=1), ACME, 2)] == [1]
    assert len(roster.relevant(UUID(int=1), ACME, 1)) == 2
    assert roster.relevant(UUID(int=9), ACME, 2) == ()
