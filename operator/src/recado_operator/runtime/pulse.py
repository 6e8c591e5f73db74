"""Signs of life, and how old the newest of each may be: what `/livez` judges.

A watch that silently brings nothing more is the classic death of an operator: everything answers, nothing happens.
Each watch is re-established every two minutes at the latest, which gives a pulse even in a cluster at rest.
"""

from collections.abc import Callable, Mapping

from recado_core.clock import Clock


class Pulse:
    """`longest`: seconds of silence that each named thing may keep."""

    def __init__(self, clock: Clock, longest: Mapping[str, float]) -> None:
        self._clock = clock
        self._longest = dict(longest)
        self._heard: dict[str, float] = {}

    def beat(self, name: str) -> None:
        self._heard[name] = self._clock.monotonic()

    def forget(self, name: str) -> None:
        """It may be silent from now on."""
        self._heard.pop(name, None)

    def age(self, name: str) -> float | None:
        """Seconds since it was last heard; None before the first time."""
        heard = self._heard.get(name)
        return None if heard is None else self._clock.monotonic() - heard

    def complaints(self) -> list[str]:
        """One sentence for each that has been silent for too long. Silence begins with the first beat."""
        told: list[str] = []
        for name, longest in self._longest.items():
            age = self.age(name)
            if age is not None and age > longest:
                told.append(f"{name}: silent for {age:.0f} s, at most {longest:.0f} s are healthy")
        return told


class Limit:
    """A value with a limit, asked when it is needed."""

    def __init__(self, name: str, value: Callable[[], float], limit: float) -> None:
        self._name = name
        self._value = value
        self._limit = limit

    def complaints(self) -> list[str]:
        value = self._value()
        return [f"{self._name}: {value:.0f} s, at most {self._limit:.0f} s are healthy"] if value > self._limit else []
