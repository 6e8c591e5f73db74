"""Forces a second session onto a number behind the operator's back, as no healthy operator ever would."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.database import Superuser
from tests.support.simulator import wait_until
from tests.support.stack import RecadoStack

PASSWORD = "a-password-for-the-second-session-only"


@contextmanager
def second_session(stack: RecadoStack, database: Superuser) -> Iterator[int]:
    """With the operator and the first session frozen, takes the number over and starts a successor.

    Yields the process id of the first, still frozen; afterwards everything is thawed and left to the operator.
    """
    operator, first = stack.kill("operator", signal.SIGSTOP), stack.kill(stack.session, signal.SIGSTOP)
    environ = dict(part.split("=", 1) for part in Path(f"/proc/{first}/environ").read_text().split("\0") if part)
    connection = stack.connection()["id"]
    epoch = database.value(
        "select operator_api.take_over(%s, %s, %s)", connection, int(environ["RECADO_EPOCH"]), PASSWORD
    )
    journal = stack.data / "second-journal"
    journal.mkdir(exist_ok=True)
    successor = subprocess.Popen(
        [sys.executable, "-m", "recado_session"],
        env={**environ, "DB_PASS": PASSWORD, "RECADO_EPOCH": str(epoch), "RECADO_JOURNAL_DIR": str(journal)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        query = "select state from session_lease where epoch = %s"
        wait_until("the second session is online", lambda: database.value(query, epoch) == "online", 60)
        yield first
    finally:
        successor.terminate()
        successor.wait(60)
        for frozen in (first, operator):
            os.kill(frozen, signal.SIGCONT)
