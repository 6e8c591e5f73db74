"""`python -m recado_api`: the API, the realtime side or both (RECADO_API_ROLE)."""

import sys

from recado_api import server
from recado_api.settings import ApiSettings
from recado_core.errors import ConfigurationError
from recado_core.session_states import ExitCode


def main() -> int:
    try:
        settings = ApiSettings.from_environment()
    except ConfigurationError as error:
        print(error.detail, file=sys.stderr)  # noqa: T201 - there is no log yet, and a person reads this
        return ExitCode.CONFIGURATION
    server.serve("recado_api.application:create", settings.web)
    return 0


if __name__ == "__main__":
    sys.exit(main())
