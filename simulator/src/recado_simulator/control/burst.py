"""Many customers writing at once, at a steady rate, in the background."""

import asyncio
import time
from dataclasses import dataclass, field

from recado_core.errors import RecadoError
from recado_simulator.accounts.records import Phone
from recado_simulator.control.requests import BurstRequest
from recado_simulator.network.state import NetworkState
from recado_simulator.phones import contents
from recado_simulator.phones.messenger import Messenger

TICK = 0.01
_FIRST_NUMBER = 5500900000000


class BurstRunningError(RecadoError):
    code = "burst_running"
    status = 409
    title = "A burst is under way"


@dataclass
class Bursts:
    """One at a time: two would blur each other's rate."""

    state: NetworkState
    messenger: Messenger
    total: int = 0
    written: int = 0
    _task: asyncio.Task[None] | None = field(default=None, repr=False)

    def start(self, asked: BurstRequest, to: Phone) -> list[str]:
        """Returns the numbers that write. Message k comes from customer k modulo their count."""
        if self.running:
            raise BurstRunningError("Wait until the burst is done: GET /control/state shows it.")
        directory = self.state.directory
        customers = [
            directory.add_phone(str(_FIRST_NUMBER + chat), f"Cliente {chat}") for chat in range(1, asked.customers + 1)
        ]
        self.total, self.written = asked.messages, 0
        self.state.changed("phone")
        self._task = asyncio.create_task(self._run(asked, customers, to))
        return [customer.number for customer in customers]

    @property
    def running(self) -> bool:
        return self._task is not None and not self._task.done()

    async def stop(self) -> None:
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self, asked: BurstRequest, customers: list[Phone], to: Phone) -> None:
        began = time.monotonic()
        while self.written < self.total:
            due = min(self.total, int((time.monotonic() - began) * asked.rate) + 1)
            while self.written < due:
                number, chat = divmod(self.written, len(customers))
                words = f"{asked.prefix} {chat + 1} {number + 1}"
                self.messenger.write(customers[chat], to, contents.text(words))
                self.written += 1
            self.state.store.commit()
            await asyncio.sleep(TICK)
        self.state.ledger.append("burst_done", prefix=asked.prefix, messages=self.total)
        self.state.changed("phone")
