"""What people do with a running installation, and how a test sees that it worked."""

from typing import Any
from uuid import uuid4

from tests.support.simulator import wait_until
from tests.support.stack import RecadoStack


def online(stack: RecadoStack, connection_id: str) -> None:
    wait_until("the connection is online", lambda: stack.api.connection(connection_id)["state"] == "online")


def customer(stack: RecadoStack, position: int = 0) -> str:
    phone: str = stack.simulator.state()["customers"][position]["phone"]
    return phone


def ticket_saying(stack: RecadoStack, text: str) -> dict[str, Any] | None:
    return next((ticket for ticket in stack.api.tickets() if ticket["lastMessagePreview"] == text), None)


def exchange(stack: RecadoStack, text: str) -> None:
    """A customer writes `text`, an agent answers, and the answer arrives on the customer's phone."""
    stack.simulator.write(customer(stack), text)
    ticket = wait_until("the ticket is there", lambda: ticket_saying(stack, text))
    answer = f"answer to {text}"
    key = str(uuid4())
    path = f"/tickets/{ticket['id']}/messages"
    stack.api.call("POST", path, json={"text": answer}, headers={"Idempotency-Key": key})
    wait_until(
        "the answer arrived", lambda: any(entry["text"] == answer for entry in stack.simulator.ledger("arrived"))
    )
    states = {"delivered", "read"}
    wait_until(
        "the answer is ticked",
        lambda: any(
            message["id"] == key and message["state"] in states for message in stack.api.messages(ticket["id"])
        ),
    )
