"""What one number costs: memory and processor time of a session, linked and idle, and after many messages."""

import time

import psutil
from tests.bench.figures import control, emit
from tests.support.database import Superuser
from tests.support.simulator import wait_until
from tests.support.stack import RecadoStack

IDLE_SECONDS = 30.0
MESSAGES = 10_000


def main() -> None:
    with RecadoStack() as stack:
        connection = stack.link("Loja")
        pid = stack.pid(connection["name"])
        assert pid is not None
        process = psutil.Process(pid)
        time.sleep(5)  # the engine uploads its keys after linking
        before = sum(process.cpu_times()[:2])
        time.sleep(IDLE_SECONDS)
        used = sum(process.cpu_times()[:2]) - before
        emit(
            "session_idle",
            rss_mib=_mebibytes(process),
            cpu_millicores=round(used / IDLE_SECONDS * 1000, 2),
            bar={"rss_mib": 95, "cpu_millicores": 2},
            control_ms=control(),
        )
        with Superuser(stack.data) as database:
            stack.simulator.burst(customers=50, messages=MESSAGES, rate=200, prefix="many")
            query = "select count(*) from inbox_event where kind = 'message'"
            wait_until("all messages are stored", lambda: database.value(query) >= MESSAGES, 300, pause=1)
        emit("session_after_load", messages=MESSAGES, rss_mib=_mebibytes(process), bar={"rss_mib": 120})


def _mebibytes(process: psutil.Process) -> float:
    return round(process.memory_info().rss / 2**20, 1)


if __name__ == "__main__":
    main()
