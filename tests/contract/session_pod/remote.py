"""The gateway in another process, with the same face: what the contract suite sees of the real engine."""

import asyncio
import base64
import shutil
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any, cast

import msgspec
from tests.contract.session_pod.wire import LARGEST, Answer, Call, line, pack, unpack

from recado_core.errors import RecadoError
from recado_core.session_states import SessionState
from recado_session.gateway import BATCH, Changed, Inbound, Notice, Send, SendOutcome


class RemoteError(RecadoError):
    code = "remote"


class RemoteGateway:
    """Waits for the engine's process on `path`, then passes everything on to it."""

    def __init__(self) -> None:
        self._state: SessionState = "starting"
        self._answers: dict[int, asyncio.Future[Any]] = {}
        self._connected: asyncio.Future[asyncio.StreamWriter] = asyncio.get_running_loop().create_future()
        self._number = 0
        self._server: asyncio.Server | None = None
        self._reading: asyncio.Task[None] | None = None
        self._path: Path | None = None

    @property
    def state(self) -> SessionState:
        return self._state

    async def listen(self, path: Path) -> None:
        self._path = path
        self._server = await asyncio.start_unix_server(self._accept, path, limit=LARGEST)

    async def close(self) -> None:
        if self._connected.done():
            self._connected.result().close()
        if self._server is not None:
            self._server.close()
        if self._reading is not None:
            await self._reading
        if self._path is not None:
            shutil.rmtree(self._path.parent)
        for answer in self._answers.values():
            answer.cancel()

    async def start(self, phone: str = "") -> None:
        await self.call("start", phone)

    async def events(self, limit: int = BATCH) -> AsyncIterator[Sequence[Inbound]]:  # noqa: ARG002 - the port's
        while True:
            yield cast("Sequence[Inbound]", await self.call("events"))

    async def notices(self) -> AsyncIterator[Notice]:
        while True:
            notice = cast("Notice", await self.call("notice"))
            if isinstance(notice, Changed):
                self._state = notice.transition.state
            yield notice

    async def ack(self, journal_seq: int) -> None:
        await self.call("ack", journal_seq)

    async def send(self, command: Send, attempt_key: bytes) -> SendOutcome:
        return cast("SendOutcome", await self.call("send", command, _text(attempt_key)))

    async def find_attempt(self, attempt_key: bytes) -> str | None:
        return cast("str | None", await self.call("find_attempt", _text(attempt_key)))

    async def logout(self) -> None:
        await self.call("logout")

    async def stop(self, deadline: float) -> None:
        await self.call("stop", deadline)

    async def call(self, verb: str, *arguments: object) -> Any:
        """Raises RemoteError with the code of the engine's refusal."""
        writer = await asyncio.wait_for(asyncio.shield(self._connected), 30)
        self._number += 1
        answer = self._answers[self._number] = asyncio.get_running_loop().create_future()
        writer.write(line(Call(self._number, verb, [pack(one) for one in arguments])))
        return await answer

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._connected.set_result(writer)
        self._reading = asyncio.create_task(self._read(reader))

    async def _read(self, reader: asyncio.StreamReader) -> None:
        while raw := await reader.readline():
            answer = msgspec.json.decode(raw, type=Answer)
            waiting = self._answers.pop(answer.number)
            if waiting.cancelled():
                continue
            if answer.error:
                waiting.set_exception(RemoteError(answer.error))
            else:
                waiting.set_result(unpack(answer.value))


def _text(key: bytes) -> str:
    return base64.b64encode(key).decode()
