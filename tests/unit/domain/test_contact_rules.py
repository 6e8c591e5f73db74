from itertools import count
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recado_core.engine.wire import Party
from recado_domain.contacts.rules import Address, addresses_of, assign

pool = [Address("lid", f"{n}@lid") for n in range(4)] + [Address("pn", f"{n}@s.whatsapp.net") for n in range(4)]
together = st.lists(st.frozensets(st.sampled_from(pool), min_size=1, max_size=3), max_size=8)
knowledge = st.dictionaries(st.sampled_from(pool), st.integers(1, 4).map(lambda n: UUID(int=n)))


def fresh() -> "count[int]":
    return count(1000)


@given(together, knowledge)
def test_what_is_seen_together_is_one_contact(seen: list[frozenset[Address]], known: dict[Address, UUID]) -> None:
    numbers = fresh()
    found = assign(seen, known, lambda: UUID(int=next(numbers)))
    assert set(found.contact_of) == {address for addresses in seen for address in addresses}
    for addresses in seen:
        assert len({found.contact_of[address] for address in addresses}) == 1
    for address, contact in found.contact_of.items():
        before = known.get(address)
        assert before is None or found.merged.get(before, before) == contact


@given(together, knowledge)
def test_only_contacts_that_are_connected_are_merged_and_the_oldest_stays(
    seen: list[frozenset[Address]], known: dict[Address, UUID]
) -> None:
    numbers = fresh()
    found = assign(seen, known, lambda: UUID(int=next(numbers)))
    assert found.created.isdisjoint(known.values())
    for contact in set(found.contact_of.values()) - found.created:
        reached = connected(contact, seen, known)
        assert contact == min(reached)
        assert {loser for loser, winner in found.merged.items() if winner == contact} == reached - {contact}


def connected(contact: UUID, seen: list[frozenset[Address]], known: dict[Address, UUID]) -> set[UUID]:
    """The slow and obvious way: walk until nothing new is found."""
    contacts, addresses, size = {contact}, set[Address](), -1
    while size != len(contacts) + len(addresses):
        size = len(contacts) + len(addresses)
        for sighting in seen:
            if sighting & addresses or contacts & {known.get(address) for address in sighting}:
                addresses |= sighting
                contacts |= {known[address] for address in sighting if address in known}
    return contacts


@given(together, knowledge)
def test_the_order_of_sightings_does_not_matter(seen: list[frozenset[Address]], known: dict[Address, UUID]) -> None:
    def partition(order: list[frozenset[Address]]) -> set[frozenset[Address]]:
        numbers = fresh()
        contact_of = assign(order, known, lambda: UUID(int=next(numbers))).contact_of
        return {frozenset(a for a, c in contact_of.items() if c == contact) for contact in contact_of.values()}

    assert partition(seen) == partition(seen[::-1])


def test_strangers_stay_strangers() -> None:
    numbers = fresh()
    found = assign([frozenset({address}) for address in pool], {}, lambda: UUID(int=next(numbers)))
    assert len(set(found.contact_of.values())) == len(found.created) == len(pool)


def test_a_group_is_not_the_person_who_writes_in_it() -> None:
    party = Party(group_id="1@g.us", lid="1@lid", pn="1@s.whatsapp.net")
    assert addresses_of(party) == {Address("group", "1@g.us")}
    assert addresses_of(Party(lid="1@lid", pn="1@s.whatsapp.net")) == {pool[1], Address("pn", "1@s.whatsapp.net")}
    with pytest.raises(ValueError, match="without any address"):
        addresses_of(Party())
