"""Hands a device what waits for it: first the backlog, framed as an offline sync, then what comes."""

import asyncio
from collections import deque
from typing import Protocol

from recado_simulator.accounts.records import Device, Queued, QueuedForward, QueuedMessage, QueuedReceipt
from recado_simulator.codec.nodes import Node
from recado_simulator.network import stanzas
from recado_simulator.network.state import NetworkState
from recado_simulator.phones.messenger import Messenger

FEW_KEYS = 20
RETRY_DELAYS = (0.3, 1.0, 2.0, 4.0)
"""How long a phone takes to answer a device that could not read its message, by the number of tries."""


class Outlet(Protocol):
    device: Device

    def send(self, node: Node) -> None: ...

    async def drain(self) -> None: ...


class Delivery:
    """Belongs to one connection. What it hands over stays in the queue until the device acknowledges it."""

    def __init__(self, state: NetworkState, messenger: Messenger, outlet: Outlet) -> None:
        self._state = state
        self._messenger = messenger
        self._outlet = outlet
        self._device = outlet.device
        self._backlog = state.queues.positions(self._device.id)
        self._live: deque[int] = deque()
        self._news = asyncio.Event()
        self._task = asyncio.create_task(self._run())

    def add(self, position: int) -> None:
        entry = self._state.queues.get(self._device.id, position)
        delay = RETRY_DELAYS[entry.retry - 1] if isinstance(entry, QueuedMessage) and entry.retry else 0
        if delay:
            asyncio.get_running_loop().call_later(delay, self._append, position)
        else:
            self._append(position)

    def stop(self) -> None:
        self._task.cancel()

    def _append(self, position: int) -> None:
        self._live.append(position)
        self._news.set()

    async def _run(self) -> None:
        try:
            await self._catch_up()
            while True:
                await self._news.wait()
                self._news.clear()
                while self._live:
                    await self._hand(self._live.popleft())
        except ConnectionError:
            return

    async def _catch_up(self) -> None:
        entries = [self._state.queues.get(self._device.id, position) for position in self._backlog]
        receipts = sum(isinstance(entry, QueuedReceipt) for entry in entries)
        self._outlet.send(stanzas.offline_preview(len(entries) - receipts, receipts))
        for number, position in enumerate(self._backlog):
            await self._hand(position, offline=number)
        self._outlet.send(stanzas.offline_end(len(entries)))

    async def _hand(self, position: int, offline: int | None = None) -> None:
        entry = self._state.queues.get(self._device.id, position)
        if entry is None:
            return
        node = self._stanza(entry)
        if offline is not None:
            node.attributes["offline"] = str(offline)
        entry.handed += 1
        self._state.queues.save(self._device.id, position, entry)
        self._note(entry, offline=offline is not None)
        self._outlet.send(node)
        await self._outlet.drain()

    def _stanza(self, entry: Queued) -> Node:
        phone = self._state.directory.phone(entry.phone if isinstance(entry, QueuedReceipt) else entry.sender)
        sender = phone.number, phone.lid, phone.name
        if isinstance(entry, QueuedReceipt):
            return self._receipt(entry)
        chat = self._state.directory.phone(entry.chat)
        if isinstance(entry, QueuedForward):
            own = entry.sender == self._device.number
            return stanzas.forward(entry, sender, (chat.number, chat.lid) if own else None)
        keys_before = len(self._device.one_time)
        sealed = self._messenger.seal(self._device, entry)
        if len(self._device.one_time) < min(keys_before, FEW_KEYS):
            self._outlet.send(stanzas.few_keys(len(self._device.one_time)))
        return stanzas.message(entry, sealed, sender, (chat.number, chat.lid))

    def _receipt(self, entry: QueuedReceipt) -> Node:
        phone = self._state.directory.phone(entry.phone)
        node = stanzas.receipt(entry, phone.lid)
        if entry.type == "retry":
            asked = {"count": str(entry.retry), "id": entry.wa_ids[0], "t": str(entry.at // 1000), "v": "1"}
            registration, *keys = stanzas.bundle_nodes(*self._state.directory.publish_bundle(phone))
            node.content = [Node("retry", {**asked}), registration, Node("keys", {}, keys)]
        return node

    def _note(self, entry: Queued, *, offline: bool) -> None:
        if isinstance(entry, QueuedReceipt):
            self._state.ledger.append(
                "receipt",
                id=entry.wa_ids[0],
                ids=entry.wa_ids,
                type=entry.type,
                device=self._device.id,
                phone=entry.phone,
                direction="to_device",
            )
            return
        text = entry.text if isinstance(entry, QueuedMessage) else ""
        facts = {"id": entry.wa_id, "device": self._device.id, "chat": entry.chat, "text": text}
        self._state.ledger.append("handed", **facts, time=entry.handed, offline=offline)
