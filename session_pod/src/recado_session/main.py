"""Starts one session: settings, library, database, journal, then `session.Session`.

The process always leaves with `os._exit`: the engine has threads that nobody can end, and an orderly interpreter
shutdown would wait for them for ever.
"""

import asyncio
import os
import signal
import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import NoReturn

from recado_core import log as core_log
from recado_core import metrics
from recado_core.clock import SystemClock
from recado_core.errors import ConfigurationError
from recado_core.log import logger
from recado_core.session_states import ExitCode
from recado_core.settings import ObservabilitySettings
from recado_session import reporting
from recado_session.assembly import Parts, Ready, assemble
from recado_session.database import Database, FencedError, UnavailableError
from recado_session.ending import QrRoundEnded, StoreLostError
from recado_session.engine import environment, library
from recado_session.engine.output import EngineOutput
from recado_session.engine.root_key import replace_root_key
from recado_session.engine.store import write_authority
from recado_session.health import HealthServer
from recado_session.journal import Journal, JournalInUseError
from recado_session.session_api import SessionApi
from recado_session.settings import SessionSettings, Settings, load_settings
from recado_session.simulated import SimulatorAwayError, introduce
from recado_session.start import greet, next_round_of_codes, start_over

log = logger(__name__)


def main() -> NoReturn:
    output = EngineOutput()
    core_log.configure(ObservabilitySettings(), "session")
    try:
        settings = prepare()
        code = asyncio.new_event_loop().run_until_complete(serve(settings, output))
    except ConfigurationError as error:
        log.critical("cannot start", problem=error.detail)
        code = ExitCode.CONFIGURATION
    except SimulatorAwayError as error:
        log.warning("cannot start now", problem=error.detail)
        code = ExitCode.TRY_AGAIN
    except QrRoundEnded as ended:
        output.restore()
        next_round_of_codes(ended.next_round)
    except StoreLostError:
        output.restore()
        start_over()
    sys.stderr.flush()
    os._exit(code)


def prepare() -> Settings:
    """Everything that must be right before the engine's first call. Raises ConfigurationError, SimulatorAwayError."""
    settings = load_settings()
    core_log.configure(settings.observability, "session")
    library.quieten()
    key, url = bytes.fromhex(settings.session.simulator_root_key), settings.session.simulator_url
    environment.check(environment.exec_environment(), simulated=bool(key or url))
    if url:
        key = introduce(url)
    if key:
        replace_root_key(key)
    reporting.configure(settings.observability)
    return settings


async def serve(settings: Settings, output: EngineOutput) -> ExitCode:
    loop = asyncio.get_running_loop()
    library.install_executor(loop)
    stop_requested = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop_requested.set)
    database = Database(settings.database)
    api = SessionApi(database, settings.session.epoch)
    try:
        hello = await greet(api, SystemClock())
        journal, authority = open_journal(settings, output)
    except (FencedError, UnavailableError, JournalInUseError) as error:
        log.warning("cannot start now", problem=error.detail)
        return ExitCode.TRY_AGAIN
    parts = assemble(settings, Ready(database, api, hello, journal, authority), stop_requested)
    with metrics.listening(settings.observability, parts.metrics.registry):
        end = await parts.session.run(output=output.trim(), **_health(settings.session, parts))
    await database.close()
    return end.exit_code


def _health(settings: SessionSettings, parts: Parts) -> dict[str, Coroutine[object, object, None]]:
    if not settings.health_port:
        return {}
    server = HealthServer(settings.health_host, settings.health_port, lambda: parts.gateway.state == "online")
    return {"health": server.run()}


def open_journal(settings: Settings, output: EngineOutput) -> tuple[Journal, Path | None]:
    """The journal, and beside it the file that `write_authority` speaks of."""
    directory = Path(settings.session.journal_directory)
    try:
        journal = Journal(directory, settings.database.user)
        output.divert(directory)
        authority = write_authority(settings.database, directory)
    except OSError as error:
        raise ConfigurationError(f"RECADO_JOURNAL_DIR {directory} cannot be used: {error.strerror}") from error
    return journal, authority
