"""Follows every session pod of a namespace, event by event, and remembers what must never have been.

A look at the end would miss two pods that stood side by side for a second; the API server's history does not.
"""

from collections import defaultdict
from typing import Self

import httpx
from tests.cluster.client import ApiRefusalError, Object
from tests.cluster.operator.background import Background
from tests.cluster.operator.office import Office

LABEL = "recado.dev/connection"
SLICE_SECONDS = 1
PAUSE_SECONDS = 0.1


class Witness(Background):
    """Use as a context manager; read what it saw inside or afterwards."""

    def __init__(self, office: Office) -> None:
        super().__init__("witness")
        self._office = office
        self._alive: dict[str, str] = {}
        self.created: list[str] = []
        self.ended: set[str] = set()
        """Pods that were told to go, or went."""
        self.doubles: list[tuple[str, ...]] = []
        """Pods of one connection that lived at the same time, none of them on its way out."""

    def __enter__(self) -> Self:
        self._version = self._list()
        return super().__enter__()

    @property
    def repeated(self) -> set[str]:
        """Names that were created more than once: an epoch that was started twice."""
        return {name for name in self.created if self.created.count(name) > 1}

    def _list(self) -> str:
        listed = self._office.client.get(self._office.core("pods"))
        for pod in listed["items"]:
            self._see(pod, gone=False)
        return str(listed["metadata"]["resourceVersion"])

    def _work(self) -> None:
        while not self._ended.is_set():
            try:
                self._read()
            except ApiRefusalError:  # the API server forgot what it was asked from: begin with what is there now
                self._forget_and_list()
            except httpx.HTTPError:  # it is being restarted
                self._ended.wait(PAUSE_SECONDS)

    def _read(self) -> None:
        for event in self._office.client.watch(self._office.core("pods"), self._version, SLICE_SECONDS):
            pod = event["object"]
            if event["type"] == "ERROR":
                raise ApiRefusalError(pod["code"], pod["reason"], pod["message"])
            self._version = pod["metadata"]["resourceVersion"]
            if event["type"] == "ADDED":
                self.created.append(pod["metadata"]["name"])
            self._see(pod, gone=event["type"] == "DELETED")

    def _forget_and_list(self) -> None:
        try:
            self._alive.clear()
            self._version = self._list()
        except (ApiRefusalError, httpx.HTTPError):
            self._ended.wait(PAUSE_SECONDS)

    def _see(self, pod: Object, *, gone: bool) -> None:
        metadata = pod["metadata"]
        name = metadata["name"]
        if gone or "deletionTimestamp" in metadata:
            self._alive.pop(name, None)
            self.ended.add(name)
        elif LABEL in metadata.get("labels", {}):
            self._alive[name] = metadata["labels"][LABEL]
        by_connection = defaultdict(list)
        for alive, connection in self._alive.items():
            by_connection[connection].append(alive)
        self.doubles += [tuple(sorted(names)) for names in by_connection.values() if len(names) > 1]
