"""Who is connected to this process, with which rights. The only state of the realtime side, and it may be lost."""

from collections.abc import Iterator

import msgspec

from recado_api.auth.principal import Principal


class Participant(msgspec.Struct, frozen=True):
    sid: str
    transport: str
    """The Engine.IO id of the websocket that carries it."""
    namespace: str
    principal: Principal
    streams: frozenset[str]


def namespace_of(company_id: int) -> str:
    return f"/workspace-{company_id}"


def room_of(stream: str) -> str:
    return f"stream:{stream}"


class Participants:
    def __init__(self) -> None:
        self._by_sid: dict[str, Participant] = {}

    def __iter__(self) -> Iterator[Participant]:
        return iter(list(self._by_sid.values()))

    def __len__(self) -> int:
        return len(self._by_sid)

    def get(self, sid: str) -> Participant | None:
        return self._by_sid.get(sid)

    def put(self, participant: Participant) -> None:
        self._by_sid[participant.sid] = participant

    def remove(self, sid: str) -> None:
        self._by_sid.pop(sid, None)

    def transports(self) -> set[str]:
        return {participant.transport for participant in self._by_sid.values()}

    def companies(self) -> set[int]:
        return {participant.principal.company_id for participant in self._by_sid.values()}
