"""The control API: everything a person or a test can make the phones and the network do."""

from collections.abc import Iterable
from http import HTTPStatus
from typing import TypeVar

import msgspec
from aiohttp import web

from recado_core.errors import RecadoError
from recado_simulator.control import views
from recado_simulator.control.burst import Bursts
from recado_simulator.control.guard import LOCAL, NAMES, Handler, answer, guard
from recado_simulator.control.page import page_routes
from recado_simulator.control.requests import (
    BurstRequest,
    CustomerMessage,
    LinkRequest,
    NewPhone,
    OwnerMessage,
    PhoneSwitches,
    ReadChats,
    UnlinkRequest,
)
from recado_simulator.control.stream import Stream
from recado_simulator.network.connection import Services
from recado_simulator.network.faults import Fault
from recado_simulator.network.linking import owner_number, scan, type_code
from recado_simulator.network.membership import unlink_all
from recado_simulator.network.strikes import strike
from recado_simulator.phones import contents
from recado_simulator.phones.contents import Written
from recado_simulator.phones.messenger import new_id

LEDGER_PAGE = 5000
_LARGEST_BODY = 64 << 20

Asked = TypeVar("Asked", bound=msgspec.Struct)


class Identity(msgspec.Struct, frozen=True):
    """What a client must be told to trust this network, and nobody else would."""

    root_key: str
    """Hex of 32 bytes."""
    authority: str
    """PEM."""


class EmptyMessageError(RecadoError):
    code = "empty_message"
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    title = "Nothing to write"


class ControlApi:
    def __init__(self, services: Services, identity: Identity, names: Iterable[str] = ()) -> None:
        """`names`: host names that it answers to beside this machine's own."""
        self._services = services
        self._identity = identity
        self._names = LOCAL | frozenset(names)
        self._state = services.state
        self._directory = services.state.directory
        self._messenger = services.messenger
        self.stream = Stream()
        self.bursts = Bursts(self._state, self._messenger)
        self._state.changed = self.stream.publish

    def application(self) -> web.Application:
        application = web.Application(middlewares=[guard, self._keep], client_max_size=_LARGEST_BODY)
        application[NAMES] = self._names
        application.add_routes(
            [
                *page_routes(),
                web.get("/control/state", self.show_state),
                web.get("/control/identity", self.show_identity),
                web.get("/control/chats/{phone}/{chat}", self.show_chat),
                web.get("/control/ledger", self.show_ledger),
                web.get("/control/stream", self.stream.serve),
                web.post("/control/accounts", self.add_account),
                web.post("/control/customers", self.add_customer),
                web.post("/control/link", self.link),
                web.post("/control/unlink", self.unlink),
                web.post("/control/messages", self.write),
                web.post("/control/owner/messages", self.write_as_owner),
                web.post("/control/burst", self.burst),
                web.post("/control/phones/{phone}", self.switch),
                web.post("/control/phones/{phone}/read", self.read),
                web.post("/control/faults", self.arm),
            ]
        )
        return application

    @web.middleware
    async def _keep(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """What was answered is kept."""
        try:
            return await handler(request)
        finally:
            self._state.store.commit()

    async def show_state(self, _request: web.Request) -> web.Response:
        burst = {"running": self.bursts.running, "written": self.bursts.written, "total": self.bursts.total}
        return answer({**views.network(self._services), "burst": burst})

    async def show_identity(self, _request: web.Request) -> web.Response:
        return answer(self._identity)

    async def show_chat(self, request: web.Request) -> web.Response:
        number, chat = request.match_info["phone"], request.match_info["chat"]
        return answer({"bubbles": self._messenger.chats.chat(number, chat)})

    async def show_ledger(self, request: web.Request) -> web.Response:
        after = msgspec.convert(request.query.get("after", "0"), int, strict=False)
        entries = self._state.ledger.after(after, LEDGER_PAGE)
        return answer({"entries": entries, "next": after + len(entries)})

    async def add_account(self, request: web.Request) -> web.Response:
        return await self._add(request, owner=True)

    async def add_customer(self, request: web.Request) -> web.Response:
        return await self._add(request, owner=False)

    async def _add(self, request: web.Request, *, owner: bool) -> web.Response:
        asked = await body(request, NewPhone)
        phone = self._directory.add_phone(asked.phone, asked.name, owner=owner)
        self._state.changed("phone", phone=phone.number)
        return answer(views.phone(self._services, phone), HTTPStatus.CREATED)

    async def link(self, request: web.Request) -> web.Response:
        asked = await body(request, LinkRequest)
        if asked.code:
            device = await type_code(self._services, asked.code, asked.account)
        else:
            device = await scan(self._services, asked.qr, asked.account)
        return answer({"device": device.id, "account": device.number, "name": device.name}, HTTPStatus.CREATED)

    async def unlink(self, request: web.Request) -> web.Response:
        asked = await body(request, UnlinkRequest)
        number = owner_number(self._services, asked.account)
        return answer({"devices": unlink_all(self._state, self._messenger, number)})

    async def write(self, request: web.Request) -> web.Response:
        asked = await body(request, CustomerMessage)
        customer = self._directory.phone(asked.customer)
        to = self._directory.phone(owner_number(self._services, asked.account))
        ids = []
        for number in range(1, asked.count + 1):
            wa_id = asked.id if asked.count == 1 and asked.id else new_id()
            self._messenger.write(customer, to, _written(asked, number if asked.count > 1 else 0), wa_id)
            ids.append(wa_id)
        return answer({"ids": ids}, HTTPStatus.CREATED)

    async def write_as_owner(self, request: web.Request) -> web.Response:
        asked = await body(request, OwnerMessage)
        owner = self._directory.phone(owner_number(self._services, asked.account))
        bubble = self._messenger.write(owner, self._directory.phone(asked.customer), contents.text(asked.text))
        return answer({"ids": [bubble.wa_id]}, HTTPStatus.CREATED)

    async def burst(self, request: web.Request) -> web.Response:
        asked = await body(request, BurstRequest)
        to = self._directory.phone(owner_number(self._services, asked.account))
        numbers = self.bursts.start(asked, to)
        return answer({"customers": numbers, "messages": asked.messages}, HTTPStatus.ACCEPTED)

    async def switch(self, request: web.Request) -> web.Response:
        asked = await body(request, PhoneSwitches)
        phone = self._directory.phone(request.match_info["phone"])
        if asked.reads is not None:
            phone.reads = asked.reads
        self._messenger.switch(phone, online=phone.online if asked.online is None else asked.online)
        return answer(views.phone(self._services, phone))

    async def read(self, request: web.Request) -> web.Response:
        asked = await body(request, ReadChats)
        phone = self._directory.phone(request.match_info["phone"])
        total = self._messenger.read(phone, asked.chat)
        return answer({"read": total})

    async def arm(self, request: web.Request) -> web.Response:
        asked = await body(request, Fault)
        return answer({"struck": strike(self._state, asked), "armed": self._state.faults.armed})


async def body(request: web.Request, kind: type[Asked]) -> Asked:
    return msgspec.json.decode(await request.read() or b"{}", type=kind)


def _written(asked: CustomerMessage, number: int) -> Written:
    if asked.raw_base64 is not None:
        return contents.raw(asked.raw_base64)
    if asked.content is not None:
        return contents.content(asked.content)
    if asked.text is None:
        raise EmptyMessageError("Give text, content or raw_base64.")
    return contents.text(f"{asked.text} {number}" if number else asked.text)
