"""Stands in for a session process: does what its environment says, and writes down when it was asked to stop."""

import os
import signal
import sys
import time
from pathlib import Path

journal = Path(os.environ["RECADO_JOURNAL_DIR"])


def stop(*_: object) -> None:
    (journal / f"stopped-{os.environ['RECADO_EPOCH']}").touch()
    sys.exit(0)


if os.environ.get("STUB") == "deaf":
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
else:
    signal.signal(signal.SIGTERM, stop)
(journal / f"started-{os.environ['RECADO_EPOCH']}").touch()
if code := os.environ.get("STUB_EXIT"):
    sys.exit(int(code))
time.sleep(60)
