"""From the POST of an answer until the customer's phone has it, on an idle connection."""

import time

from tests.bench.figures import control, emit, percentiles
from tests.faults.outbound import open_chats
from tests.support.simulator import wait_until
from tests.support.stack import RecadoStack

ANSWERS = 100


def main() -> None:
    with RecadoStack() as stack:
        stack.link("Loja")
        ticket = open_chats(stack, "bench", 1)[0]
        posted: dict[str, float] = {}
        for number in range(ANSWERS):
            text = f"answer 0 {number}"
            posted[text] = time.time() * 1000
            stack.api.send(ticket, text)
            time.sleep(0.15)  # idle in between: no queue in front of the next answer
        arrived = wait_until("all answers arrived", lambda: _arrived(stack), 60)
        emit(
            "outbound_on_the_phone",
            answers=ANSWERS,
            milliseconds=percentiles([arrived[text] - at for text, at in posted.items()]),
            bar={"p95": 200},
            control_ms=control(),
        )


def _arrived(stack: RecadoStack) -> dict[str, float] | None:
    entries = stack.simulator.ledger("arrived")
    arrived = {one["text"]: one["at"] for one in entries if one["text"].startswith("answer ")}
    return arrived if len(arrived) >= ANSWERS else None


if __name__ == "__main__":
    main()
