"""Remembers of the session pods of a namespace what must never have been."""

from collections import defaultdict

from tests.cluster.client import Object
from tests.cluster.operator.follower import Follower
from tests.cluster.operator.office import Office

LABEL = "recado.dev/connection"


class Witness(Follower):
    def __init__(self, office: Office) -> None:
        super().__init__(office)
        self._alive: dict[str, str] = {}
        self.created: list[str] = []
        self.ended: set[str] = set()
        """Pods that were told to go, or went."""
        self.doubles: list[tuple[str, ...]] = []
        """Pods of one connection that lived at the same time, none of them on its way out."""

    @property
    def repeated(self) -> set[str]:
        """Names that were created more than once: an epoch that was started twice."""
        return {name for name in self.created if self.created.count(name) > 1}

    def _forget(self) -> None:
        self._alive.clear()

    def _see(self, pod: Object, event: str) -> None:
        metadata = pod["metadata"]
        name = metadata["name"]
        if event == "ADDED":
            self.created.append(name)
        if event == "DELETED" or "deletionTimestamp" in metadata:
            self._alive.pop(name, None)
            self.ended.add(name)
        elif LABEL in metadata.get("labels", {}):
            self._alive[name] = metadata["labels"][LABEL]
        by_connection = defaultdict(list)
        for alive, connection in self._alive.items():
            by_connection[connection].append(alive)
        self.doubles += [tuple(sorted(names)) for names in by_connection.values() if len(names) > 1]
