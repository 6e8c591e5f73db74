"""People at work: connections come, change, rest and go, several a second, while something else goes wrong."""

import random
from contextlib import suppress

import httpx
from tests.cluster.client import ApiRefusalError
from tests.cluster.operator.background import Background
from tests.cluster.operator.office import Office

PAUSE_SECONDS = 0.15
MOST = 30


class Churn(Background):
    """Use as a context manager; afterwards `running` says what should run."""

    def __init__(self, office: Office, seed: int = 1) -> None:
        super().__init__("churn")
        self._office = office
        self._random = random.Random(seed)  # noqa: S311 - a test must be repeatable
        self._suspended: dict[str, bool] = {}
        self._count = 0
        self.done = 0

    @property
    def running(self) -> set[str]:
        return {name for name, suspended in self._suspended.items() if not suspended}

    def _work(self) -> None:
        while not self._ended.wait(PAUSE_SECONDS):
            with suppress(httpx.HTTPError):
                self._step()
                self.done += 1

    def _step(self) -> None:
        choices = [self._declare] if len(self._suspended) < MOST else []
        if len(self._suspended) > MOST // 3:
            choices += [self._remove, self._rest, self._rename, self._kill]
        self._random.choice(choices)()

    def _declare(self) -> None:
        self._count += 1
        name = f"churn-{self._count}"
        self._office.declare(name)
        self._suspended[name] = False

    def _remove(self) -> None:
        name = self._any()
        self._office.remove(name)
        del self._suspended[name]

    def _rest(self) -> None:
        name = self._any()
        self._office.change(name, suspend=not self._suspended[name])
        self._suspended[name] = not self._suspended[name]

    def _rename(self) -> None:
        self._office.change(self._any(), displayName=f"Number {self._random.randint(1, 1000)}")

    def _kill(self) -> None:
        """Somebody deletes a pod."""
        if names := self._office.pods():
            with suppress(ApiRefusalError):  # it was on its way already
                self._office.client.delete(self._office.core("pods", self._random.choice(names)))

    def _any(self) -> str:
        return self._random.choice(sorted(self._suspended))
