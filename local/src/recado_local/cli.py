"""The command `recado`: one machine, no containers. A refusal is one sentence with the way out, and exit code 78."""

import argparse
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import msgspec

from recado_core.errors import ConfigurationError
from recado_core.session_states import ExitCode
from recado_local import layout as layouts
from recado_local import lock, ports, status, suggest
from recado_local.doctor import examine
from recado_local.down import down, reset
from recado_local.layout import Layout
from recado_local.up import Options, up, welcome

NOT_RUNNING = 3
DETACHED_SECONDS = 120.0


def main(arguments: Sequence[str] | None = None) -> None:
    asked = _parser().parse_args(arguments)
    layout, note = layouts.choose(asked.data_dir)
    if note:
        _say(note)
    try:
        code: int = asked.run(asked, layout)
    except ConfigurationError as error:
        _say(error.detail)
        code = ExitCode.CONFIGURATION
    sys.exit(code)


def _parser() -> argparse.ArgumentParser:
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument("--data-dir", type=Path, help="where the data lies (default: ./.data)")
    parser = argparse.ArgumentParser(prog="recado", description="Recado on one machine.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    start = commands.add_parser("up", parents=[shared], help="start everything; Ctrl-C stops it")
    start.add_argument("--port", type=int, default=ports.DEFAULT_PORT, help="of the inbox; 0: any (default: 8080)")
    start.add_argument("--no-simulator", action="store_true", help="talk to the real WhatsApp")
    start.add_argument("--json", action="store_true", help="print one line of JSON when ready")
    start.add_argument("--detach", action="store_true", help="go on in the background")
    start.set_defaults(run=_up)

    commands.add_parser("down", parents=[shared], help="stop what runs").set_defaults(run=_down)
    shown = commands.add_parser("status", parents=[shared], help="say what runs")
    shown.add_argument("--json", action="store_true")
    shown.set_defaults(run=_status)
    cleared = commands.add_parser("reset", parents=[shared], help="remove all data")
    cleared.add_argument("--yes", action="store_true", help="do not ask")
    cleared.set_defaults(run=_reset)
    examined = commands.add_parser("doctor", parents=[shared], help="find out what is wrong")
    examined.add_argument("--port", type=int, default=ports.DEFAULT_PORT)
    examined.set_defaults(run=_doctor)
    return parser


def _up(asked: argparse.Namespace, layout: Layout) -> int:
    if asked.detach:
        return _detach(asked, layout)
    up(layout, Options(port=asked.port, simulator=not asked.no_simulator, json=asked.json), _say)
    return 0


def _detach(asked: argparse.Namespace, layout: Layout) -> int:
    """Starts the same command in a session of its own and waits until it is ready or gives up."""
    layout.make()
    command = [
        sys.executable,
        "-m",
        "recado_local.cli",
        "up",
        "--data-dir",
        str(layout.data),
        "--port",
        str(asked.port),
    ]
    log = layout.log("recado")
    with log.open("ab") as said:
        process = subprocess.Popen(  # noqa: S603 - our own command
            [*command, *(["--no-simulator"] if asked.no_simulator else [])],
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
            start_new_session=True,
        )
    return _wait_for(process, asked, layout, log)


def _wait_for(process: "subprocess.Popen[bytes]", asked: argparse.Namespace, layout: Layout, log: Path) -> int:
    began = time.monotonic()
    while time.monotonic() - began < DETACHED_SECONDS:
        ready = status.read(layout)
        if ready is not None and ready.pids["supervisor"] == process.pid:
            _print(json.dumps(msgspec.to_builtins(ready))) if asked.json else _tell(ready, time.monotonic() - began)
            return 0
        if process.poll() is not None:
            _say(log.read_text(errors="replace").strip().splitlines()[-1])
            return process.returncode
        time.sleep(0.05)
    os.kill(process.pid, signal.SIGTERM)
    raise ConfigurationError(f"Recado was not ready in {DETACHED_SECONDS:.0f} s; the end of {log} says why.")


def _tell(ready: status.Status, seconds: float) -> None:
    for line in welcome(ready, seconds):
        _print(line)


def _down(asked: argparse.Namespace, layout: Layout) -> int:  # noqa: ARG001 - all commands look alike
    _print("Recado has stopped." if down(layout) else f"Nothing runs in {layout.data}.")
    return 0


def _status(asked: argparse.Namespace, layout: Layout) -> int:
    running = status.read(layout)
    if running is None and (starting := lock.holder(layout.lock)):
        _say(f"Recado is starting or stopping in {layout.data} (process {starting}). Ask again in a moment.")
        return NOT_RUNNING
    if running is None:
        _say(f"Nothing runs in {layout.data}. Start it with: {suggest.recado(layout.data, 'up')}")
        return NOT_RUNNING
    if asked.json:
        _print(json.dumps(msgspec.to_builtins(running)))
        return 0
    _print(f"Recado runs at {running.url} (data in {running.data_dir})")
    sessions = running.pids.pop("sessions", {})
    named = {**running.pids, **{f"session {name}": pid for name, pid in sessions.items()}}
    for name, pid in named.items():
        _print(f"  {name:<20} process {pid}")
    return 0


def _reset(asked: argparse.Namespace, layout: Layout) -> int:
    if not asked.yes and not _agreed(f"Remove all data in {layout.data}? Type yes: "):
        _print("Nothing was removed.")
        return 1
    reset(layout)
    _print(f"All data in {layout.data} is gone. A new start: {suggest.recado(layout.data, 'up')}")
    return 0


def _agreed(question: str) -> bool:
    """Only a typed yes: an ended input (a script, a pipe) or Ctrl-C is a no."""
    try:
        return input(question) == "yes"
    except (EOFError, KeyboardInterrupt):
        _print("")
        return False


def _doctor(asked: argparse.Namespace, layout: Layout) -> int:
    findings = examine(layout, asked.port)
    for finding in findings:
        _print(f"{'!!' if finding.advice else 'ok'}  {finding.what:<11} {finding.found}")
        if finding.advice:
            _print(f"    → {finding.advice}")
    return 1 if any(finding.advice for finding in findings) else 0


def _print(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def _say(line: str) -> None:
    """For people: on standard error, so that --json stays alone on standard output."""
    sys.stderr.write(line + "\n")
    sys.stderr.flush()


if __name__ == "__main__":
    main()
