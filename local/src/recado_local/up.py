"""`recado up`: everything on one machine, in the foreground, until Ctrl-C."""

import asyncio
import os
import shutil
import signal
import sys
import time
from collections.abc import Callable, Coroutine
from pathlib import Path

from msgspec import Struct

from recado_core.errors import ConfigurationError
from recado_local import lock, parts, ports, remains, suggest
from recado_local.embedded import child, release
from recado_local.embedded.postgres import EmbeddedPostgres
from recado_local.embedded.redis import EmbeddedRedis
from recado_local.environment import Environment
from recado_local.generated import Secrets, load_or_make
from recado_local.layout import Layout, read_json
from recado_local.status import Status, StatusFile
from recado_local.supervisor import Supervisor

NEEDED_BYTES = 500 * 1024 * 1024
SESSIONS_POLL = 0.2

Say = Callable[[str], None]


class Options(Struct, frozen=True, kw_only=True):
    port: int = ports.DEFAULT_PORT
    simulator: bool = True
    json: bool = False


def up(layout: Layout, options: Options, say: Say) -> None:
    """Runs until it is told to stop. Raises ConfigurationError when it cannot."""
    layout.make()
    check_disk(layout.data)
    with lock.locked(layout.lock):
        if killed := remains.clear(layout.running):
            say(f"Ended what an earlier run had left: {', '.join(killed)}")
        release.check(layout.data)
        chosen = ports.pair(options.port, layout.data, with_phones=options.simulator)
        asyncio.run(_Installation(layout, options, chosen, say).run())
        say("Recado has stopped. Your data is kept.")


def check_disk(data: Path) -> None:
    free = shutil.disk_usage(data).free
    if free < NEEDED_BYTES:
        raise ConfigurationError(
            f"Only {free // 1024**2} MB are free where {data} lies; Recado needs {NEEDED_BYTES // 1024**2} MB. "
            "Free some space, or choose another place with --data-dir."
        )


class _Installation:
    def __init__(self, layout: Layout, options: Options, chosen: tuple[int, int], say: Say) -> None:
        self._layout = layout
        self._options = options
        self._port, self._phones_port = chosen
        self._url = f"http://{ports.HOST}:{self._port}"
        self._say = say
        self._secrets = load_or_make(layout.secrets)
        self._postgres = EmbeddedPostgres(layout.data, log=layout.log("postgres"))
        self._redis = EmbeddedRedis(layout.data, log=layout.log("redis"))
        self._environment = Environment(
            layout, self._secrets, str(self._postgres.socket_directory), self._redis.uri, os.environ
        )
        self._status = StatusFile(layout, self._first_status(self._secrets), os.getpid())
        self._supervisor = Supervisor(layout, self._status.set_parts)

    def _first_status(self, secrets: Secrets) -> Status:
        return Status(
            url=self._url,
            phones_url=None,
            email=secrets.admin_email,
            password=secrets.admin_password,
            company_id=0,
            data_dir=str(self._layout.data),
        )

    async def run(self) -> None:
        stop = asyncio.Event()
        for received in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            asyncio.get_running_loop().add_signal_handler(received, stop.set)
        work = asyncio.create_task(self._work())
        stopping = asyncio.create_task(stop.wait())
        try:
            await asyncio.wait({work, stopping}, return_when=asyncio.FIRST_COMPLETED)
            if work.done():
                work.result()
        finally:
            work.cancel()
            await asyncio.gather(work, return_exceptions=True)
            await self._stop()

    async def _stop(self) -> None:
        self._say("Stopping …")
        await self._supervisor.stop()
        self._layout.status.unlink(missing_ok=True)

    async def _work(self) -> None:
        began = time.monotonic()
        self._say(f"Recado starts in {self._layout.data}")
        await self._start_servers()
        await self._start_recado()
        self._announce(time.monotonic() - began)
        following = asyncio.create_task(self._follow_sessions())
        try:
            await self._supervisor.failed()
        finally:
            following.cancel()

    async def _start_servers(self) -> None:
        servers = [parts.postgres(self._postgres), parts.redis(self._redis)]
        if self._options.simulator:
            servers.append(parts.simulator(self._layout, self._phones_port))
        await self._timed("Servers", self._supervisor.start(*servers))
        await self._timed("Database", self._prepare())

    async def _start_recado(self) -> None:
        layout, environment = self._layout, self._environment
        await self._timed(
            "Recado",
            self._supervisor.start(
                parts.worker(layout, environment),
                parts.api(layout, environment, self._url, self._port),
                parts.operator(layout, environment, simulated=self._options.simulator),
            ),
        )

    async def _prepare(self) -> None:
        log = self._layout.log("prepare")
        command = [sys.executable, "-m", "recado_local.prepare", str(self._layout.data)]
        if await child.ended(child.spawn(command, log=log)) != 0:
            tail = log.read_text(errors="replace")[-1500:]
            raise ConfigurationError(f"The database could not be prepared. The end of {log} says why:\n{tail}")

    async def _timed(self, what: str, work: Coroutine[None, None, None]) -> None:
        began = time.monotonic()
        await work
        self._say(f"  {what:<9} ready  {time.monotonic() - began:5.1f} s")

    def _announce(self, seconds: float) -> None:
        simulator = parts.read_simulator(self._layout) if self._options.simulator else None
        seeded = read_json(self._layout.seeded)
        self._status.set_ready(seeded["company_id"], simulator.phones_url if simulator else None)
        if self._options.json:
            sys.stdout.write(self._status.line() + "\n")
            sys.stdout.flush()
        for line in welcome(self._status.status, seconds):
            self._say(line)

    async def _follow_sessions(self) -> None:
        """The operator writes down its sessions; here they get into the status."""
        seen: int | None = None
        while True:
            changed = _mtime(self._layout.session_pids)
            if changed != seen:
                seen = changed
                self._status.write()
            await asyncio.sleep(SESSIONS_POLL)


def _mtime(path: Path) -> int | None:
    return path.stat().st_mtime_ns if path.exists() else None


def welcome(status: Status, seconds: float) -> list[str]:
    phones = status.phones_url or "none: this installation talks to the real WhatsApp"
    return [
        f"Recado is ready after {seconds:.1f} s",
        f"  Inbox     {status.url}",
        f"  Sign in   {status.email}   password {status.password}",
        f"  Phones    {phones}",
        f"  Data      {status.data_dir}",
        f"Stop it with Ctrl-C, or from elsewhere with: {suggest.recado(Path(status.data_dir), 'down')}",
    ]
