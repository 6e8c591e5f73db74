"""Objects of one kind as far as we have been told, found by name, and by the keys that an index gives them.

An object is replaced only by a newer one. After a write of our own its answer goes in at once, so that an echo of the
past which the watch still holds cannot make us believe that the write never happened.
"""

from collections.abc import Callable, Hashable, Iterator, Sequence
from typing import Generic, TypeVar

from msgspec import Struct

V = TypeVar("V")


class Identity(Struct, frozen=True, gc=False):
    namespace: str
    name: str
    uid: str
    version: int
    """Grows with every change of the object."""


class Cache(Generic[V]):
    def __init__(self, identify: Callable[[V], Identity], index: Callable[[V], Sequence[Hashable]]) -> None:
        self._identify = identify
        self._index = index
        self._objects: dict[tuple[str, str], V] = {}
        self._found: dict[Hashable, dict[tuple[str, str], V]] = {}

    def put(self, found: V) -> bool:
        """Answers whether it is news. What is not newer than what we know is ignored."""
        identity = self._identify(found)
        place = (identity.namespace, identity.name)
        known = self._objects.get(place)
        if known is not None and identity.version <= self._identify(known).version:
            return False
        self._forget(place)
        self._objects[place] = found
        for key in self._index(found):
            self._found.setdefault(key, {})[place] = found
        return True

    def refresh(self, answer: V) -> None:
        """`put` for the answer to a write: it cannot bring back what is gone by now."""
        identity = self._identify(answer)
        known = self._objects.get((identity.namespace, identity.name))
        if known is not None and self._identify(known).uid == identity.uid:
            self.put(answer)

    def remove(self, gone: V) -> V | None:
        """Forgets that very object; answers how we knew it. Another one of its name stays."""
        identity = self._identify(gone)
        place = (identity.namespace, identity.name)
        known = self._objects.get(place)
        return self._forget(place) if known is not None and self._identify(known).uid == identity.uid else None

    def get(self, namespace: str, name: str) -> V | None:
        return self._objects.get((namespace, name))

    def find(self, key: Hashable) -> list[V]:
        return list(self._found.get(key, {}).values())

    def identities(self, namespace: str) -> list[tuple[Identity, V]]:
        return [(self._identify(known), known) for place, known in self._objects.items() if place[0] == namespace]

    def __iter__(self) -> Iterator[V]:
        return iter(list(self._objects.values()))

    def __len__(self) -> int:
        return len(self._objects)

    def _forget(self, place: tuple[str, str]) -> V | None:
        known = self._objects.pop(place, None)
        if known is None:
            return None
        for key in self._index(known):
            found = self._found[key]
            del found[place]
            if not found:
                del self._found[key]
        return known
