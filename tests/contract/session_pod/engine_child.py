"""Holds one real engine for a test: a process of its own, because the engine's library keeps globals and reads the
environment at exec only. Run as `python -m tests.contract.session_pod.engine_child <arguments as JSON>`.
"""

import asyncio
import base64
import os
import sys
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
from tests.contract.session_pod.wire import LARGEST, Answer, Call, line, pack, unpack

from recado_core import log as core_log
from recado_core.errors import RecadoError
from recado_core.settings import DatabaseSettings, ObservabilitySettings
from recado_session.database import Database
from recado_session.engine import environment, library
from recado_session.engine.binding.gateway import NeonizeGateway
from recado_session.engine.output import EngineOutput
from recado_session.engine.root_key import replace_root_key
from recado_session.engine.store import Store, connection_string
from recado_session.gateway import Inbound, Notice
from recado_session.journal import Journal


class Arguments(msgspec.Struct, frozen=True):
    socket: str
    journal: str
    name: UUID
    database: DatabaseSettings
    proxy: str
    root_key: str


class Child:
    def __init__(self, arguments: Arguments) -> None:
        self._journal = Journal(Path(arguments.journal), arguments.database.user)
        self._gateway = NeonizeGateway(
            name=arguments.name,
            connection_string=connection_string(arguments.database),
            proxy=arguments.proxy,
            store=Store(Database(arguments.database)),
            journal=self._journal,
        )
        self._events = self._gateway.events()
        self._notices = self._gateway.notices()

    async def start(self, phone: str) -> None:
        await self._gateway.start(phone)

    async def state(self) -> str:
        return self._gateway.state

    async def events(self) -> list[Inbound]:
        return list(await anext(self._events))

    async def notice(self) -> Notice:
        return await anext(self._notices)

    async def ack(self, journal_seq: int) -> None:
        await self._gateway.ack(journal_seq)

    async def send(self, command: Any, attempt_key: str) -> Any:
        return await self._gateway.send(command, base64.b64decode(attempt_key))

    async def find_attempt(self, attempt_key: str) -> str | None:
        return await self._gateway.find_attempt(base64.b64decode(attempt_key))

    async def logout(self) -> None:
        await self._gateway.logout()

    async def stop(self, deadline: float) -> None:
        await self._gateway.stop(deadline)
        self._journal.close()

    async def executor_threads(self) -> int:
        executor: Any = vars(asyncio.get_running_loop())["_default_executor"]
        return int(executor._max_workers)

    async def freeze(self, seconds: float) -> None:
        """Blocks the event loop, as a bug would."""
        import time  # noqa: PLC0415 - so that nothing else here is tempted

        time.sleep(seconds)  # noqa: ASYNC251 - the point

    async def stop_library(self) -> None:
        """The library's own stop, which we never use: it forgets the client."""
        client: Any = self._gateway._client
        await client.stop()

    async def crash_engine(self) -> None:
        """Asks the library at a moment when its Go part dereferences nil."""
        client: Any = self._gateway._client
        await client.get_me()


async def serve(arguments: Arguments, output: EngineOutput) -> None:
    library.install_executor(asyncio.get_running_loop())
    child = Child(arguments)
    output.divert(Path(arguments.journal))
    reader, writer = await asyncio.open_unix_connection(arguments.socket, limit=LARGEST)
    running: set[asyncio.Task[None]] = set()
    while raw := await reader.readline():
        task = asyncio.create_task(answer(child, msgspec.json.decode(raw, type=Call), writer))
        running.add(task)
        task.add_done_callback(running.discard)


async def answer(child: Child, call: Call, writer: asyncio.StreamWriter) -> None:
    try:
        value = await getattr(child, call.verb)(*map(unpack, call.arguments))
        writer.write(line(Answer(call.number, pack(value))))
    except RecadoError as error:
        writer.write(line(Answer(call.number, error=error.code)))
    await writer.drain()


def main() -> None:
    arguments = msgspec.json.decode(sys.argv[1], type=Arguments)
    output = EngineOutput()
    core_log.configure(ObservabilitySettings(), "engine")
    library.quieten()
    environment.check(environment.exec_environment(), simulated=True)
    replace_root_key(bytes.fromhex(arguments.root_key))
    asyncio.new_event_loop().run_until_complete(serve(arguments, output))
    os._exit(0)


if __name__ == "__main__":
    main()
