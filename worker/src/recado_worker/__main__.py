"""`python -m recado_worker`"""

import asyncio
import sys

from recado_core.errors import ConfigurationError
from recado_core.metrics import listening
from recado_core.session_states import ExitCode
from recado_worker import reporting
from recado_worker.process import run_until_stopped
from recado_worker.settings import WorkerSettings


def main() -> int:
    try:
        settings = WorkerSettings.from_environment()
        reporting.configure(settings.observability)
        with listening(settings.observability):
            asyncio.run(run_until_stopped(settings))
    except ConfigurationError as error:
        print(error.detail, file=sys.stderr)  # noqa: T201 - there may be no log yet
        return ExitCode.CONFIGURATION
    return 0


if __name__ == "__main__":
    sys.exit(main())
