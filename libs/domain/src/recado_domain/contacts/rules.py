"""Who is who. A person has a phone number, a LID or both, and WhatsApp uses whichever it likes; what is seen together
belongs to one contact. Pure decisions over sets of addresses.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Literal, get_args
from uuid import UUID

import msgspec

from recado_core.engine.wire import Party

AddressKind = Literal["lid", "pn", "group"]
ADDRESS_KINDS: tuple[AddressKind, ...] = get_args(AddressKind)


class Address(msgspec.Struct, frozen=True, order=True):
    kind: AddressKind
    value: str


class Assignment(msgspec.Struct, frozen=True):
    """`contact_of` holds every address that was asked for. `merged` maps contacts that proved to be the same person
    to the one that stays; `created` are ids of contacts that do not exist yet.
    """

    contact_of: dict[Address, UUID]
    merged: dict[UUID, UUID]
    created: set[UUID]


def addresses_of(party: Party) -> frozenset[Address]:
    """A group is a group, whoever wrote in it; a person is all of their addresses."""
    if party.group_id is not None:
        return frozenset({Address("group", party.group_id)})
    kinds: tuple[tuple[AddressKind, str | None], ...] = (("lid", party.lid), ("pn", party.pn))
    found = frozenset(Address(kind, value) for kind, value in kinds if value)
    if not found:
        raise ValueError("A party without any address")
    return found


def assign(seen: Iterable[frozenset[Address]], known: Mapping[Address, UUID], new_id: Callable[[], UUID]) -> Assignment:
    """Gives each address its contact. `seen`: the sets in which addresses appeared together. Of several known contacts
    the oldest stays (ids sort by time).
    """
    components: list[tuple[set[Address], set[UUID]]] = []
    for together in seen:
        addresses, contacts = set(together), {known[address] for address in together if address in known}
        apart: list[tuple[set[Address], set[UUID]]] = []
        for component in components:
            if component[0] & addresses or component[1] & contacts:
                addresses |= component[0]
                contacts |= component[1]
            else:
                apart.append(component)
        components = [*apart, (addresses, contacts)]
    return _name(components, new_id)


def _name(components: Iterable[tuple[set[Address], set[UUID]]], new_id: Callable[[], UUID]) -> Assignment:
    assignment = Assignment({}, {}, set())
    for addresses, contacts in components:
        if not contacts:
            contacts.add(new_id())
            assignment.created.update(contacts)
        stays, *others = sorted(contacts)
        assignment.merged.update(dict.fromkeys(others, stays))
        assignment.contact_of.update(dict.fromkeys(addresses, stays))
    return assignment
