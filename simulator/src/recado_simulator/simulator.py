"""The whole network in one object: what is kept, what listens, who is known at the first start."""

import asyncio
from pathlib import Path

from recado_core.errors import ConfigurationError
from recado_simulator.accounts.directory import Directory
from recado_simulator.accounts.queue import DeviceQueues
from recado_simulator.accounts.records import Media, Setting
from recado_simulator.accounts.store import Collection, Store
from recado_simulator.control.ledger import Ledger
from recado_simulator.network.connection import Connection, Services
from recado_simulator.network.intake import Intake
from recado_simulator.network.state import NetworkState
from recado_simulator.phones.messenger import Messenger
from recado_simulator.transport.frames import FrameSocket
from recado_simulator.transport.identity import NoiseIdentity
from recado_simulator.transport.media import MediaHost
from recado_simulator.transport.proxy import Proxy
from recado_simulator.transport.tls import Authority
from recado_simulator.transport.websocket import WebSocket

OWNER = ("5511999990000", "Loja Recado")
CUSTOMERS = (
    ("5511988887777", "Maria Silva"),
    ("5511977776666", "João Souza"),
    ("5531966665555", "Ana Pereira"),
    ("351912345678", "Tiago Costa"),
)


class Simulator:
    def __init__(self, directory: Path) -> None:
        self.store = Store(directory / "network.sqlite")
        self._settings: Collection[Setting] = Collection(self.store, "setting", Setting)
        self.authority = Authority(directory / "tls")
        self.identity = NoiseIdentity(self._settings)
        self.state = NetworkState(
            store=self.store,
            directory=Directory(self.store),
            queues=DeviceQueues(self.store),
            ledger=Ledger(directory / "ledger.jsonl"),
            media=Collection(self.store, "media", Media),
        )
        self.state.queues.on_put = self._wake
        self.messenger = Messenger(self.state)
        self.services = Services(self.state, self.messenger, Intake(self.state, self.messenger))
        self.media_host = MediaHost(self.state.media)
        self._proxy = Proxy(self.authority.context, self._chat, self.media_host.serve)
        self._populate()

    async def start(self, host: str = "127.0.0.1") -> int:
        """Opens the proxy, at the port of the last time when there was one; returns the port."""
        try:
            port = await self._proxy.start(host, self.port("proxy"))
        except OSError as error:
            raise ConfigurationError(
                f"The proxy's port {self.port('proxy')} is taken, and linked devices look for it there. End the "
                "program that uses it (another simulator on the same data directory?)."
            ) from error
        self.keep_port("proxy", port)
        return port

    async def stop(self) -> None:
        await self._proxy.stop()
        self.store.close()
        self.state.ledger.close()

    def port(self, name: str) -> int:
        kept = self._settings.get(f"port-{name}")
        return int(kept.value) if kept else 0

    def keep_port(self, name: str, port: int) -> None:
        self._settings[f"port-{name}"] = Setting(str(port).encode())
        self.store.commit()

    async def _chat(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        socket = WebSocket(reader, writer)
        await socket.accept()
        await Connection(FrameSocket(socket, self.identity.static, self.identity.certificate), self.services).run()

    def _wake(self, device: str, position: int) -> None:
        if link := self.state.links.get(device):
            link.wake(position)

    def _populate(self) -> None:
        directory = self.state.directory
        if not directory.phones:
            directory.add_phone(*OWNER, owner=True)
            for number, name in CUSTOMERS:
                directory.add_phone(number, name)
        self.store.commit()
