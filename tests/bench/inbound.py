"""From the moment a stanza leaves the simulator: until its message is committed, until a browser has it."""

import time

from tests.bench.figures import control, emit, percentiles
from tests.support.database import Superuser
from tests.support.followers import Followers
from tests.support.simulator import wait_until
from tests.support.stack import RecadoStack

MESSAGES = 1500
RATE = 50.0
BACKLOG_MESSAGES = 3000
BACKLOG_RATE = 200.0


def main() -> None:
    with RecadoStack() as stack:
        stack.link("Loja")
        with Followers(stack.api, stack.ready["url"], 1) as browsers, Superuser(stack.data) as database:
            stack.simulator.burst(customers=20, messages=200, rate=RATE, prefix="warm")
            _wait_committed(database, "warm", 200)
            stack.simulator.burst(customers=20, messages=MESSAGES, rate=RATE, prefix="bench")
            _wait_committed(database, "bench", MESSAGES)
            time.sleep(1)  # the last frames are on their way to the socket
            handed = _handed(stack, "bench")
            rows = _committed(database, "bench")
            heard = browsers.all[0].heard
            emit(
                "inbound_row_committed",
                rate=RATE,
                messages=MESSAGES,
                milliseconds=percentiles([rows[text] - at for text, at in handed.items()]),
                bar={"p95": 60},
                control_ms=control(),
            )
            emit(
                "inbound_event_at_browser",
                rate=RATE,
                messages=MESSAGES,
                milliseconds=percentiles([heard[text] - at for text, at in handed.items() if text in heard]),
                missing=sum(1 for text in handed if text not in heard),
                bar={"p95": 150},
                control_ms=control(),
            )
            _sustained(stack, database)


def _sustained(stack: RecadoStack, database: Superuser) -> None:
    """Writes faster than the bar and measures what one worker applied a second while the load lasted."""
    stack.simulator.burst(customers=50, messages=BACKLOG_MESSAGES, rate=BACKLOG_RATE, prefix="flood")
    depths = []
    while (applied := _count(database, "flood")) < BACKLOG_MESSAGES:
        depths.append(database.value("select count(*) from inbox_event where state = 'new'"))
        time.sleep(0.5)
    rows = sorted(_committed(database, "flood").values())
    seconds = (rows[-1] - rows[0]) / 1000
    emit(
        "inbound_sustained",
        messages=applied,
        offered_per_second=BACKLOG_RATE,
        applied_per_second=round(applied / seconds, 1),
        deepest_backlog=max(depths, default=0),
        bar={"applied_per_second": 150},
        control_ms=control(),
    )


def _handed(stack: RecadoStack, prefix: str) -> dict[str, float]:
    entries = stack.simulator.ledger("handed")
    return {one["text"]: one["at"] for one in entries if (one.get("text") or "").startswith(f"{prefix} ")}


def _committed(database: Superuser, prefix: str) -> dict[str, float]:
    query = (
        "select body, extract(epoch from coalesce(pg_xact_commit_timestamp(xmin), created_at)) * 1000 "
        "from message where body like %s"
    )
    return {text: float(at) for text, at in database.rows(query, f"{prefix} %")}


def _count(database: Superuser, prefix: str) -> int:
    return int(database.value("select count(*) from message where body like %s", f"{prefix} %"))


def _wait_committed(database: Superuser, prefix: str, messages: int) -> None:
    wait_until(f"{messages} messages are applied", lambda: _count(database, prefix) >= messages, 120, pause=0.25)


if __name__ == "__main__":
    main()
