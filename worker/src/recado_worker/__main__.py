"""`python -m recado_worker`"""

import sys

from recado_core.errors import ConfigurationError
from recado_core.session_states import ExitCode
from recado_worker.settings import WorkerSettings


def main() -> int:
    try:
        work(WorkerSettings.from_environment())
    except ConfigurationError as error:
        print(error.detail, file=sys.stderr)  # noqa: T201 - there may be no log yet
        return ExitCode.CONFIGURATION
    return 0


def work(settings: WorkerSettings) -> None:
    """What it needs takes a second to load, so settings are refused before."""
    from recado_worker.process import start  # noqa: PLC0415

    start(settings)


if __name__ == "__main__":
    sys.exit(main())
