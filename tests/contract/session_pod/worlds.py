"""The two worlds that the contract suite runs in: a WhatsApp in memory, and the real engine with the simulator."""

import asyncio
import os
import secrets
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Protocol
from uuid import uuid4

import msgspec
from tests.contract.session_pod import engine_child
from tests.contract.session_pod.remote import RemoteGateway
from tests.contract.session_pod.simulator import MARIA, Account

from recado_core.settings import DatabaseSettings
from recado_local.embedded import child
from recado_session.gateway import Linked, QrShown, WhatsAppGateway
from recado_session.journal import Journal
from recado_session.memory import MemoryGateway, MemoryWhatsApp

SECONDS = 20.0
TESTS = Path(__file__).parents[2]
_CHILD = """
import os, sys, types
os.chdir(sys.argv.pop(1))
sys.modules["tests"] = tests = types.ModuleType("tests")  # site-packages may hold another package of this name
tests.__path__ = [sys.argv.pop(1)]
from tests.contract.session_pod.engine_child import main
main()
"""


class World(Protocol):
    """One number, its owner's phone, one customer."""

    number: str = "+5511999990000"
    customer: str = f"{MARIA}@s.whatsapp.net"
    stranger: str = "5511000000000@s.whatsapp.net"

    async def open(self) -> WhatsAppGateway:
        """A session process of the number, not yet started. The one before must have ended."""
        ...

    async def end(self, gateway: WhatsAppGateway) -> None:
        """The process ends after `stop`."""
        ...

    async def crash(self, gateway: WhatsAppGateway) -> None:
        """SIGKILL, or what comes closest."""
        ...

    async def scan(self, gateway: WhatsAppGateway, code: str) -> None: ...

    async def type_code(self, gateway: WhatsAppGateway, code: str) -> bool:
        """The owner types a pairing code on the phone; whether it was the right one."""
        ...

    async def say(self, text: str, count: int = 1) -> None:
        """The customer writes `text`, or `text 1` … `text <count>`."""
        ...

    async def arrived(self) -> list[str]: ...

    async def withhold_acknowledgements(self) -> None: ...

    async def limit(self) -> None:
        """WhatsApp refuses the next message because it limits the number."""
        ...

    async def unlink(self) -> None: ...

    async def linked_devices(self) -> int:
        """How many devices the owner's phone shows under Linked devices."""
        ...

    async def replace(self) -> None:
        """Somebody else takes over the linked device."""
        ...


class MemoryWorld(World):
    def __init__(self, directory: Path) -> None:
        self._network = MemoryWhatsApp()
        self._network.customers = {self.customer}
        self._directory = directory
        self._journal: Journal | None = None

    async def open(self) -> WhatsAppGateway:
        self._journal = Journal(self._directory, "wa_memory")
        return MemoryGateway(self._network, self._journal)

    async def end(self, gateway: WhatsAppGateway) -> None:
        assert isinstance(gateway, MemoryGateway)
        if self._journal is not None:
            self._journal.close()

    async def crash(self, gateway: WhatsAppGateway) -> None:
        assert isinstance(gateway, MemoryGateway)
        self._network.disconnect(gateway)
        if self._journal is not None:
            os.close(self._journal._lock)

    async def scan(self, gateway: WhatsAppGateway, code: str) -> None:
        assert code
        assert isinstance(gateway, MemoryGateway)
        gateway.scanned()

    async def type_code(self, gateway: WhatsAppGateway, code: str) -> bool:
        assert isinstance(gateway, MemoryGateway)
        return gateway.typed(code)

    async def say(self, text: str, count: int = 1) -> None:
        for number in range(1, count + 1):
            self._network.say(f"{text} {number}".encode() if count > 1 else text.encode())

    async def arrived(self) -> list[str]:
        return [one.text for one in self._network.arrived]

    async def withhold_acknowledgements(self) -> None:
        self._network.acknowledging.clear()

    async def limit(self) -> None:
        self._network.refusing = 1

    async def unlink(self) -> None:
        self._network.unlink()

    async def linked_devices(self) -> int:
        return int(self._network.linked)

    async def replace(self) -> None:
        self._network.connect(MemoryGateway(self._network, self._journal_of_nobody()))

    def _journal_of_nobody(self) -> Journal:
        return Journal(self._directory / "nobody", "wa_nobody")


class EngineWorld(World):
    def __init__(self, directory: Path, database: DatabaseSettings, account: Account) -> None:
        self.directory = directory
        self.database = database
        self.account = account
        self.number = f"+{account.number}"
        self.proxy = account.simulator.proxy
        self._name = uuid4()
        self._processes: dict[WhatsAppGateway, subprocess.Popen[bytes]] = {}

    @property
    def log(self) -> Path:
        return self.directory / "engine.log"

    async def open(self) -> RemoteGateway:
        gateway = RemoteGateway()
        socket = Path(tempfile.mkdtemp(prefix="recado-engine-")) / "s"  # a path short enough for a socket
        await gateway.listen(socket)
        arguments = engine_child.Arguments(
            socket=str(socket),
            journal=str(self.directory / "journal"),
            name=self._name,
            database=self.database,
            proxy=self.proxy,
            root_key=self.account.simulator.root_key,
        )
        working = self.directory / "working"
        working.mkdir(exist_ok=True)
        self._processes[gateway] = child.spawn(
            [sys.executable, "-c", _CHILD, str(working), str(TESTS), msgspec.json.encode(arguments).decode()],
            log=self.log,
            environ={
                "PATH": os.environ["PATH"],
                "SSL_CERT_FILE": self.account.simulator.ca_file,
                "NEONIZE_BOT_TAG": "off",
            },
        )
        return gateway

    async def end(self, gateway: WhatsAppGateway) -> None:
        await self.crash(gateway)

    async def crash(self, gateway: WhatsAppGateway) -> None:
        assert isinstance(gateway, RemoteGateway)
        process = self._processes.pop(gateway)
        process.kill()
        process.wait(5)
        await gateway.close()

    def wait(self, gateway: WhatsAppGateway) -> int:
        """The exit code of the engine's process, when it ends by itself."""
        return self._processes[gateway].wait(SECONDS)

    async def end_all(self) -> None:
        for gateway in list(self._processes):
            await self.crash(gateway)

    async def scan(self, gateway: WhatsAppGateway, code: str) -> None:
        assert gateway in self._processes
        await asyncio.to_thread(self.account.link, code)

    async def type_code(self, gateway: WhatsAppGateway, code: str) -> bool:
        assert gateway in self._processes
        return await asyncio.to_thread(self.account.type_code, code)

    async def say(self, text: str, count: int = 1) -> None:
        await asyncio.to_thread(self.account.say, text, count)

    async def arrived(self) -> list[str]:
        return await asyncio.to_thread(self.account.texts_on_phones)

    async def withhold_acknowledgements(self) -> None:
        await asyncio.to_thread(self.account.fault, "never_ack")

    async def limit(self) -> None:
        await asyncio.to_thread(self.account.fault, "error_ack", code=463, count=1)

    async def unlink(self) -> None:
        await asyncio.to_thread(self.account.unlink)

    async def linked_devices(self) -> int:
        return len(await asyncio.to_thread(self.account.devices))

    async def replace(self) -> None:
        await asyncio.to_thread(self.account.fault, "replace")


def attempt_key() -> bytes:
    return secrets.token_bytes(32)


async def link(world: World) -> WhatsAppGateway:
    """A started session, linked by its first QR code and online."""
    gateway = await world.open()
    await gateway.start()
    async with asyncio.timeout(SECONDS):
        async for notice in gateway.notices():
            if isinstance(notice, QrShown):
                await world.scan(gateway, notice.text)
            if isinstance(notice, Linked):
                break
    return gateway


async def until_arrived(world: World, *texts: str) -> None:
    """Returns when the customer's phone shows exactly these texts, in this order."""
    async with asyncio.timeout(SECONDS):
        while await world.arrived() != [*texts]:  # noqa: ASYNC110 - a phone rings no bell of ours
            await asyncio.sleep(0.02)


async def until_state(gateway: WhatsAppGateway, *states: str) -> str:
    """Follows the notices until one of `states`; its reason."""
    async with asyncio.timeout(SECONDS):
        async for notice in gateway.notices():
            transition = getattr(notice, "transition", None)
            if transition is not None and transition.state in states:
                return str(transition.reason)
    raise AssertionError("notices never end")


async def received(gateway: WhatsAppGateway, count: int) -> list[bytes]:
    """The raw bytes of the first `count` messages."""
    found: list[bytes] = []
    async with asyncio.timeout(SECONDS):
        async for batch in gateway.events():
            found += [event.raw for event in batch if event.kind == "message"]
            if len(found) >= count:
                break
    return found
