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
from recado_simulator.control.api import ControlApi, Identity
from recado_simulator.simulator import Simulator

LOOPBACK = "127.0.0.1"


def main() -> int:
    arguments = _arguments()
    try:
        log.configure(load(ObservabilitySettings), "simulator")
        asyncio.run(_run(arguments, _directory(arguments.data_dir)))
    except ConfigurationError as error:
        print(error.detail, file=sys.stderr)  # noqa: T201 - for the person who started it
        return ExitCode.CONFIGURATION
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="recado_simulator", description="A WhatsApp network with phones, on loopback")
    parser.add_argument("--port", type=int, default=0, help="port of the phones page; 0: the last one, or any")
    parser.add_argument("--data-dir", type=Path, help="where keys, phones and undelivered messages live")
    parser.add_argument("--host", default=LOOPBACK, help="address of both ports; anybody who reaches it may use them")
    parser.add_argument("--proxy-port", type=int, default=0, help="port of the proxy; 0: the last one, or any")
    parser.add_argument("--name", action="append", default=[], help="a host name to answer to; may be repeated")
    return parser.parse_args()


def _directory(given: Path | None) -> Path:
    if given is None:
        raise ConfigurationError("--data-dir is missing: where keys, phones and undelivered messages live.")
    return given


async def _run(arguments: argparse.Namespace, directory: Path) -> None:
    host: str = arguments.host
    ended = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    simulator = Simulator(directory)
    root_key = simulator.identity.root.public.hex()
    api = ControlApi(
        simulator.services, Identity(root_key, simulator.authority.ca_file.read_text()), names=arguments.name
    )
    if arguments.proxy_port:
        simulator.keep_port("proxy", arguments.proxy_port)
    proxy_port = await simulator.start(host)
    runner = web.AppRunner(api.application(), access_log=None, shutdown_timeout=2.0)
    await runner.setup()
    page_port = await _listen(runner, host, arguments.port or simulator.port("page"))
    simulator.keep_port("page", page_port)
    ready = {
        "phones_url": f"http://{host}:{page_port}",
        "proxy": f"http://{host}:{proxy_port}",
        "ca_file": str(simulator.authority.ca_file.resolve()),
        "root_key": root_key,
    }
    print(json.dumps(ready), flush=True)  # noqa: T201 - the ready line is the interface
    await ended.wait()
    await api.bursts.stop()
    api.stream.close()
    await runner.cleanup()
    await simulator.stop()


async def _listen(runner: web.AppRunner, host: str, port: int) -> int:
    site = web.TCPSite(runner, host, port)
    try:
        await site.start()
    except OSError as error:
        raise ConfigurationError(
            f"Port {port} is taken. Choose another with --port, or end the program that uses it."
        ) from error
    return int(runner.addresses[0][1])


if __name__ == "__main__":
    sys.exit(main())
