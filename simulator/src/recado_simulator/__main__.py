"""`python -m recado_simulator --port P --data-dir D`: runs the network until SIGTERM.

Prints one JSON line when it is ready; everything else goes to stderr.
"""

import argparse
import asyncio
import json
import signal
import sys
from pathlib import Path

from aiohttp import web

from recado_core import log
from recado_core.errors import ConfigurationError
from recado_core.session_states import ExitCode
from recado_core.settings import ObservabilitySettings, load
from recado_simulator.control.api import ControlApi
from recado_simulator.simulator import Simulator

_HOST = "127.0.0.1"


def main() -> int:
    arguments = _arguments()
    try:
        log.configure(load(ObservabilitySettings), "simulator")
        asyncio.run(_run(_directory(arguments.data_dir), arguments.port))
    except ConfigurationError as error:
        print(error.detail, file=sys.stderr)  # noqa: T201 - for the person who started it
        return ExitCode.CONFIGURATION
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="recado_simulator", description="A WhatsApp network with phones, on loopback")
    parser.add_argument("--port", type=int, default=0, help="port of the phones page; 0: the last one, or any")
    parser.add_argument("--data-dir", type=Path, help="where keys, phones and undelivered messages live")
    return parser.parse_args()


def _directory(given: Path | None) -> Path:
    if given is None:
        raise ConfigurationError("--data-dir is missing: where keys, phones and undelivered messages live.")
    return given


async def _run(directory: Path, port: int) -> None:
    ended = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    simulator = Simulator(directory)
    api = ControlApi(simulator.services)
    proxy_port = await simulator.start(_HOST)
    runner = web.AppRunner(api.application(), access_log=None, shutdown_timeout=2.0)
    await runner.setup()
    page_port = await _listen(runner, port or simulator.port("page"))
    simulator.keep_port("page", page_port)
    ready = {
        "phones_url": f"http://{_HOST}:{page_port}",
        "proxy": f"http://{_HOST}:{proxy_port}",
        "ca_file": str(simulator.authority.ca_file.resolve()),
        "root_key": simulator.identity.root.public.hex(),
    }
    print(json.dumps(ready), flush=True)  # noqa: T201 - the ready line is the interface
    await ended.wait()
    await api.bursts.stop()
    api.stream.close()
    await runner.cleanup()
    await simulator.stop()


async def _listen(runner: web.AppRunner, port: int) -> int:
    site = web.TCPSite(runner, _HOST, port)
    try:
        await site.start()
    except OSError as error:
        raise ConfigurationError(
            f"Port {port} is taken. Choose another with --port, or end the program that uses it."
        ) from error
    return int(runner.addresses[0][1])


if __name__ == "__main__":
    sys.exit(main())
