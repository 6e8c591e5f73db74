"""Customers write while something is being broken; afterwards the inbox is read as an agent would read it."""

import time
from collections.abc import Callable

from tests.faults.loads import Load
from tests.support.stack import RecadoStack, settle
from tests.support.verdict import Verdict, judge

QUIET_SECONDS = 5.0


def disturb_inbound(stack: RecadoStack, prefix: str, load: Load, disturb: Callable[[int], None]) -> Verdict:
    """Runs the load with `disturb(n)` called `load.faults` times, evenly spread; returns what people then see."""
    started = time.monotonic()
    stack.simulator.burst(customers=load.chats, messages=load.messages, rate=load.rate, prefix=prefix)
    lasting = load.messages / load.rate
    for number in range(load.faults):
        due = started + lasting * (number + 0.5) / load.faults
        time.sleep(max(0.0, due - time.monotonic()))
        disturb(number)
    time.sleep(max(0.0, started + lasting - time.monotonic()))
    return judge_inbound(stack, prefix, load.messages)


def judge_inbound(stack: RecadoStack, prefix: str, messages: int, seconds: float = 120.0) -> Verdict:
    """Waits until nothing changes any more, then compares the simulator's ledger with the API's pages."""

    def present() -> int:
        return sum(len(chat) for chat in customer_texts(stack, prefix))

    settle(present, quiet=QUIET_SECONDS, seconds=seconds)
    sent = written_texts(stack, prefix)
    assert len(sent) == messages, f"The customers wrote {len(sent)} of {messages} texts: the load itself failed"
    return judge(sent, customer_texts(stack, prefix))


def written_texts(stack: RecadoStack, prefix: str) -> list[str]:
    """What the customers wrote under `prefix`, from the simulator's ledger."""
    return [entry["text"] for entry in stack.simulator.ledger("written") if entry["text"].startswith(f"{prefix} ")]


def customer_texts(stack: RecadoStack, prefix: str) -> list[list[str]]:
    """Per ticket, the texts of customers under `prefix`, in the order in which people see them."""
    chats = [
        [message["text"] for message in stack.api.messages(ticket["id"]) if is_of(message, prefix)]
        for ticket in stack.api.tickets()
    ]
    return [chat for chat in chats if chat]


def is_of(message: dict[str, object], prefix: str) -> bool:
    text = message["text"]
    return not message["fromMe"] and isinstance(text, str) and text.startswith(f"{prefix} ")
