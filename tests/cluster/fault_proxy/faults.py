"""What can go wrong between a program and the API server, and which requests it hits."""

import json
import random
from dataclasses import dataclass, field
from http import HTTPStatus

from tests.cluster.fault_proxy.calls import Call

REASONS = {
    409: "Conflict",
    410: "Expired",
    422: "Invalid",
    429: "TooManyRequests",
    500: "InternalError",
    503: "ServiceUnavailable",
}


@dataclass(frozen=True)
class Refuse:
    """An answer instead of the API server's: 409, 410, 422, 429, 500, 503 as it would word them."""

    status: int
    retry_after: int | None = None
    message: str = "the fault proxy says no"

    def body(self) -> bytes:
        return json.dumps(status_object(self.status, self.message)).encode()


@dataclass(frozen=True)
class Drop:
    """The connection breaks: before the request arrives, or (`performed`) after it was carried out."""

    performed: bool = False


@dataclass(frozen=True)
class Slow:
    """The request waits this long before it goes on."""

    seconds: float


Fault = Refuse | Drop | Slow


@dataclass(frozen=True)
class Match:
    """Which requests; an empty set means any. Resources are written as in a Role (`pods`, `pods/status`)."""

    verbs: frozenset[str] = frozenset()
    resources: frozenset[str] = frozenset()
    callers: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()

    def fits(self, call: Call) -> bool:
        wanted = (
            (self.verbs, call.verb),
            (self.resources, call.resource),
            (self.callers, call.caller),
            (self.names, call.name),
        )
        return all(not allowed or value in allowed for allowed, value in wanted)


def on(verbs: str = "", resources: str = "", callers: str = "", names: str = "") -> Match:
    """Each argument lists words separated by blanks: `on("create patch", "pods")`."""
    return Match(*(frozenset(words.split()) for words in (verbs, resources, callers, names)))


@dataclass
class Rule:
    """A fault in force: for `times` requests (None: until it is lifted), for a `share` of those that fit."""

    fault: Fault
    match: Match
    times: int | None = None
    share: float = 1.0
    hits: int = 0
    chance: random.Random = field(default_factory=lambda: random.Random(0))  # noqa: S311 - a fault must be repeatable

    def takes(self, call: Call) -> bool:
        """Whether this request is hit; counts it when it is."""
        spent = self.times is not None and self.hits >= self.times
        if spent or not self.match.fits(call) or self.chance.random() >= self.share:
            return False
        self.hits += 1
        return True


def status_object(status: int, message: str) -> dict[str, object]:
    """Kubernetes' Status of a refusal."""
    reason = REASONS.get(status, HTTPStatus(status).phrase.replace(" ", ""))
    return {
        "kind": "Status",
        "apiVersion": "v1",
        "status": "Failure",
        "message": message,
        "reason": reason,
        "code": status,
    }


def expired_event() -> bytes:
    """What a watch says when the API server no longer knows its resourceVersion."""
    gone = status_object(410, "too old resource version")
    return json.dumps({"type": "ERROR", "object": gone}).encode() + b"\n"
