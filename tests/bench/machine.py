"""The first line of every file of figures: on what, and when."""

import json
import os
import platform
from datetime import UTC, datetime

if __name__ == "__main__":
    about = {"machine": platform.machine(), "cores": os.cpu_count(), "kernel": platform.release()}
    print(json.dumps({**about, "date": datetime.now(UTC).date().isoformat()}), flush=True)  # noqa: T201 - scripts keep it
