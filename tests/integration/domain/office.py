"""A company at work, as the domain's tests see it: units of work, a session that hands things in, and followers."""

from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import msgspec
from tests.integration.database import Company
from tests.integration.domain.session import Session

from recado_core.engine.wire import (
    Content,
    EngineEvent,
    MessageReceived,
    OutboundReport,
    Party,
    ReceiptReceived,
    ReceiptType,
    SessionStateReport,
    Text,
    Waiting,
)
from recado_core.ids import new_id
from recado_domain.broadcast import Frame
from recado_domain.connections.queries import list_connections
from recado_domain.inbox.actions import Applied, Decoded, apply_batch, read_batch
from recado_domain.messages.actions import SendAnswer, TextToSend, send
from recado_domain.messages.queries import PageWanted, list_messages
from recado_domain.messages.views import MessageView
from recado_domain.tickets.queries import TicketFilter, list_tickets
from recado_domain.tickets.views import TicketView
from recado_domain.unit_of_work import Database, UnitOfWork

MARIA = Party(pn="5511999990001@s.whatsapp.net")
MARIA_LID = Party(lid="900001@lid")
MARIA_BOTH = Party(lid="900001@lid", pn="5511999990001@s.whatsapp.net")
JOAO = Party(pn="5511999990002@s.whatsapp.net")
MORNING = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

STORED = {"outbound_report": OutboundReport, "session_state": SessionStateReport}

State = dict[tuple[str, str], Any]


class Recorder:
    """Keeps what a process would tell browsers and sessions."""

    def __init__(self) -> None:
        self.frames: list[Frame] = []
        self.companies: set[int] = set()
        self.bells: list[tuple[str, str]] = []

    async def emit(self, company_id: int, frame: Frame) -> None:
        self.companies.add(company_id)
        self.frames.append(frame)

    async def ring(self, channel: str, payload: str) -> None:
        self.bells.append((channel, payload))


def written(text: str | Content = "Bom dia", *, chat: Party = MARIA, **changes: Any) -> MessageReceived:
    """A message of `chat`, as the decoder tells it."""
    plain = MessageReceived(
        wa_id=f"3EB0{uuid4().hex[:16]}",
        chat=chat,
        sender=chat,
        from_me=False,
        push_name="Maria",
        sent_at=MORNING,
        origin="live",
        content=Text(text) if isinstance(text, str) else text,
    )
    return msgspec.structs.replace(plain, **changes)


def echo(text: str, *, chat: Party = MARIA, **changes: Any) -> MessageReceived:
    """What the owner wrote on the phone."""
    return written(text, chat=chat, from_me=True, sender=None, push_name="The owner", origin="phone", **changes)


def receipt(kind: ReceiptType, *wa_ids: str, from_me: bool = False) -> ReceiptReceived:
    return ReceiptReceived(wa_ids=wa_ids, chat=MARIA_LID, type=kind, at=MORNING, from_me=from_me)


def waiting(wa_id: str, *, chat: Party = MARIA) -> Waiting:
    return Waiting(wa_id=wa_id, chat=chat, sender=chat, push_name="", sent_at=MORNING)


class Office:
    def __init__(self, domain: Database, company: Company, session: Session, recorder: Recorder) -> None:
        self.domain = domain
        self.company = company
        self.session = session
        self.recorder = recorder

    @property
    def connection_id(self) -> UUID:
        return self.session.connection_id

    async def do(self, verb: Callable[..., Coroutine[Any, Any, Any]], *values: Any, **named: Any) -> Any:
        """One verb, one transaction."""
        async with self.domain.company(self.company.id) as work:
            return await verb(work, *values, **named)

    async def receive(self, *events: EngineEvent, careful: bool = True) -> Applied:
        """The session hands `events` in and the projection applies them, with all that waits before them."""
        kinds = ["test" for _ in events]
        keys = [str(uuid4()) for _ in events]
        raws = [str(place).encode() for place in range(len(events))]
        await self.session.call("ingest", keys, kinds, raws, [MORNING for _ in events])
        async with self.domain.company(self.company.id) as work:
            return await self.project(work, *events, careful=careful)

    async def project(self, work: UnitOfWork, *events: EngineEvent, careful: bool = True) -> Applied:
        decoded: list[Decoded] = [
            (row, msgspec.json.decode(row.raw, type=STORED[row.kind]) if row.kind in STORED else events[int(row.raw)])
            for row in await read_batch(work, self.connection_id)
        ]
        return await apply_batch(work, self.connection_id, decoded, careful=careful)

    async def reply(self, ticket: TicketView, text: str = "Pois não?", key: UUID | None = None) -> SendAnswer:
        wanted = TextToSend(id=key or new_id(), ticket_id=ticket.id, sender_user_id=self.company.admin_id, text=text)
        answer: SendAnswer = await self.do(send, wanted)
        return answer

    async def claim(self) -> list[Any]:
        return await self.session.call("claim_outbound", 10)

    async def report(self, outbox_id: UUID, outcome: str, wa_id: str | None = None, reason: str | None = None) -> None:
        await self.session.call("report_outbound", outbox_id, outcome, wa_id, reason, MORNING)
        await self.receive()

    async def tickets(self) -> list[TicketView]:
        wanted = TicketFilter(queue_ids=[self.company.queue_id])
        page = await self.do(list_tickets, wanted, limit=100)
        return list(page.items)

    async def ticket(self) -> TicketView:
        [only] = await self.tickets()
        return only

    async def messages(self, ticket_id: UUID | None = None) -> list[MessageView]:
        chosen = ticket_id or (await self.ticket()).id
        page = await self.do(list_messages, chosen, PageWanted(limit=100))
        return list(page.items)

    async def state(self) -> State:
        """Everything that browsers can see, as JSON, by kind and id."""
        connections = await self.do(list_connections)
        tickets = await self.tickets()
        messages = [message for ticket in tickets for message in await self.messages(ticket.id)]
        views = {"connection": connections, "ticket": tickets, "message": messages}
        return {(kind, str(view.id)): msgspec.to_builtins(view) for kind, found in views.items() for view in found}

    @asynccontextmanager
    async def verified(self) -> AsyncIterator[Recorder]:
        """`verify_action`: state before, and the events of what is done inside, must make the state after. Otherwise
        a browser that follows events shows something that is not true.
        """
        before = await self.state()
        already = len(self.recorder.frames)
        yield self.recorder
        frames = self.recorder.frames[already:]
        assert frames, "the action emitted nothing"
        for frame in frames:
            for event in frame.events:
                follow(before, event)
        assert before == await self.state()


def follow(state: State, event: dict[str, Any]) -> None:
    """What a browser does with an event."""
    noun, verb = event["type"].split(".")
    if verb == "removed":
        del state[noun, event[f"{noun}Id"]]
    else:
        state[noun, event[noun]["id"]] = event[noun]
