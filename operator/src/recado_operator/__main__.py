"""`python -m recado_operator`: the operator of a cluster."""

import os
import sys

import uvloop

from recado_core.errors import ConfigurationError
from recado_core.log import configure
from recado_core.session_states import ExitCode
from recado_operator.process import run_until_stopped
from recado_operator.runtime.elector import LeadershipLostError
from recado_operator.settings import Settings

LOST = 1


def main() -> int:
    try:
        settings = Settings.from_environment()
        configure(settings.observability, "operator")
        uvloop.run(run_until_stopped(settings))
    except ConfigurationError as error:
        sys.stderr.write(f"{error.detail}\n")
        return ExitCode.CONFIGURATION
    except LeadershipLostError as error:
        sys.stderr.write(f"{error.detail}\n")
        os._exit(LOST)  # nothing may run on, not even what cleans up: somebody else leads
    return 0


if __name__ == "__main__":
    sys.exit(main())
