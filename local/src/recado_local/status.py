"""What `recado status` and the tests know of a running installation: one file, replaced whole at every change."""

import json
from collections.abc import Mapping
from typing import Any

import msgspec

from recado_local import lock
from recado_local.layout import Layout, read_json, write_atomically


class Status(msgspec.Struct, kw_only=True):
    """`phones_url` is None with `--no-simulator`; `pids` holds the parts, and under "sessions" those by name."""

    url: str
    phones_url: str | None
    email: str
    password: str
    company_id: int
    data_dir: str
    pids: dict[str, Any] = {}
    ready: bool = False


class StatusFile:
    """Keeps the file current. Parts are told by the supervisor, sessions by the operator's own file."""

    def __init__(self, layout: Layout, status: Status, supervisor: int) -> None:
        self._layout = layout
        self.status = status
        self._supervisor = supervisor
        self._parts: Mapping[str, int] = {}

    def set_parts(self, pids: Mapping[str, int]) -> None:
        self._parts = dict(pids)
        self.write()

    def set_ready(self, company_id: int, phones_url: str | None) -> None:
        self.status.company_id, self.status.phones_url, self.status.ready = company_id, phones_url, True
        self.write()

    def write(self) -> None:
        sessions = read_json(self._layout.session_pids) or {} if "operator" in self._parts else {}
        self.status.pids = {"supervisor": self._supervisor, **self._parts, "sessions": sessions}
        write_atomically(self._layout.status, self.line() + "\n")

    def line(self) -> str:
        return json.dumps(msgspec.to_builtins(self.status))


def read(layout: Layout) -> Status | None:
    """None when nothing runs there, or when it is not ready yet."""
    if lock.holder(layout.lock) is None:
        return None
    raw = read_json(layout.status)
    status = None if raw is None else msgspec.convert(raw, Status)
    return status if status and status.ready else None
