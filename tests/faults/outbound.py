"""An agent answers many chats while something is being broken; the customers' phones tell what arrived."""

import time
from collections import Counter, defaultdict
from collections.abc import Callable
from typing import Any

import msgspec
from tests.faults.loads import Load
from tests.support.simulator import wait_until
from tests.support.stack import RecadoStack, settle
from tests.support.verdict import inversions

SETTLED = frozenset({"sent", "delivered", "read", "played", "failed", "unknown", "cancelled"})
QUIET_SECONDS = 5.0
TOLD = frozenset({"failed", "unknown", "cancelled"})


class OutboundVerdict(msgspec.Struct, frozen=True, kw_only=True):
    sent: int
    arrived_twice: int
    silently_never: int
    """Shown as sent, or still waiting, and on no phone."""
    unknown: int
    inversions: int


def open_chats(stack: RecadoStack, prefix: str, chats: int) -> list[str]:
    """Lets `chats` customers write once and returns the ids of their tickets."""
    stack.simulator.burst(customers=chats, messages=chats, rate=100, prefix=f"hello-{prefix}")

    def tickets() -> list[str] | None:
        found = [
            ticket["id"] for ticket in stack.api.tickets() if (ticket["lastMessagePreview"] or "").startswith("hello")
        ]
        return found if len(found) >= chats else None

    opened: list[str] = wait_until(f"{chats} tickets are open", tickets, 60)
    return opened[:chats]


def disturb_outbound(
    stack: RecadoStack, prefix: str, load: Load, disturb: Callable[[int], None], seconds: float = 180.0
) -> OutboundVerdict:
    """Sends `load.messages` answers round robin over the chats, `disturb(n)` in between; waits for their fate."""
    tickets = open_chats(stack, prefix, load.chats)
    every = load.messages // load.faults if load.faults else load.messages + 1
    for number in range(load.messages):
        stack.api.send(tickets[number % load.chats], f"{prefix} {number % load.chats} {number}")
        if number % every == every // 2:
            disturb(number // every)
        time.sleep(1 / load.rate)
    wait_until("every answer has met its fate", lambda: not _pending(stack, tickets, prefix), seconds, pause=1)
    # A phone that could not read a message asks for it once more; the network had accepted it all the same.
    settle(lambda: len(_arrived(stack, prefix)), quiet=QUIET_SECONDS, seconds=seconds)
    return _judge(stack, prefix, _answers(stack, tickets, prefix))


def _answers(stack: RecadoStack, tickets: list[str], prefix: str) -> list[dict[str, Any]]:
    return [
        message
        for ticket in tickets
        for message in stack.api.messages(ticket)
        if message["fromMe"] and (message["text"] or "").startswith(f"{prefix} ")
    ]


def _pending(stack: RecadoStack, tickets: list[str], prefix: str) -> list[dict[str, Any]]:
    return [message for message in _answers(stack, tickets, prefix) if message["state"] not in SETTLED]


def _arrived(stack: RecadoStack, prefix: str) -> list[dict[str, Any]]:
    return [entry for entry in stack.simulator.ledger("arrived") if entry["text"].startswith(f"{prefix} ")]


def _judge(stack: RecadoStack, prefix: str, answers: list[dict[str, Any]]) -> OutboundVerdict:
    entries = _arrived(stack, prefix)
    arrived = Counter(entry["text"] for entry in entries)
    order: dict[str, list[int]] = defaultdict(list)
    for entry in entries:
        _, chat, number = entry["text"].split(" ")
        order[chat].append(int(number))
    return OutboundVerdict(
        sent=len(answers),
        arrived_twice=sum(1 for times in arrived.values() if times > 1),
        silently_never=sum(1 for one in answers if one["text"] not in arrived and one["state"] not in TOLD),
        unknown=sum(1 for one in answers if one["state"] == "unknown"),
        inversions=sum(inversions(numbers) for numbers in order.values()),
    )
