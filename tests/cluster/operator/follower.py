"""Follows every pod of a namespace, event by event, in a thread of its own.

A look now and then misses what stands for a moment only, and costs the API server all pods each time; its history does
neither. What it cannot tell any more is listed anew.
"""

from abc import abstractmethod
from typing import Self

import httpx
from tests.cluster.client import ApiRefusalError, Object
from tests.cluster.operator.background import Background
from tests.cluster.operator.office import Office

SLICE_SECONDS = 1
PAUSE_SECONDS = 0.1


class Follower(Background):
    """Use as a context manager; read what it saw inside or afterwards."""

    def __init__(self, office: Office) -> None:
        super().__init__("follower of pods")
        self._office = office

    def __enter__(self) -> Self:
        self._version = self._list()
        return super().__enter__()

    @abstractmethod
    def _see(self, pod: Object, event: str) -> None:
        """`event` is that of a watch, or LISTED."""

    @abstractmethod
    def _forget(self) -> None:
        """What is there now is listed next."""

    def _list(self) -> str:
        listed = self._office.client.get(self._office.core("pods"))
        for pod in listed["items"]:
            self._see(pod, "LISTED")
        return str(listed["metadata"]["resourceVersion"])

    def _work(self) -> None:
        while not self._ended.is_set():
            try:
                self._read()
            except ApiRefusalError:  # the API server forgot what it was asked from: begin with what is there now
                self._begin_anew()
            except httpx.HTTPError:  # it is being restarted
                self._ended.wait(PAUSE_SECONDS)

    def _read(self) -> None:
        for event in self._office.client.watch(self._office.core("pods"), self._version, SLICE_SECONDS):
            pod = event["object"]
            if event["type"] == "ERROR":
                raise ApiRefusalError(pod["code"], pod["reason"], pod["message"])
            self._version = pod["metadata"]["resourceVersion"]
            self._see(pod, event["type"])

    def _begin_anew(self) -> None:
        try:
            self._forget()
            self._version = self._list()
        except (ApiRefusalError, httpx.HTTPError):
            self._ended.wait(PAUSE_SECONDS)
