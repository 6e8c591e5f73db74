"""Checks what the engine's Go runtime reads: the environment as it was when the process was executed.

`os.environ[...] = ...` in Python changes nothing for Go, so a variable that is missing there can only be refused.
"""

from collections.abc import Mapping
from pathlib import Path

from recado_core.errors import ConfigurationError

EXEC_ENVIRONMENT = Path("/proc/self/environ")

REQUIRED = {"NEONIZE_BOT_TAG": "off"}
"""Without it, the engine marks every message to a phone number with a tag that no official client sends."""


def exec_environment(file: Path = EXEC_ENVIRONMENT) -> dict[str, str]:
    """The environment given to exec, whatever Python did to `os.environ` since."""
    pairs = (entry.partition(b"=") for entry in file.read_bytes().split(b"\0") if b"=" in entry)
    return {name.decode(): value.decode(errors="replace") for name, _, value in pairs}


def check(environment: Mapping[str, str], *, simulated: bool) -> None:
    """Raises ConfigurationError for an environment in which the engine would misbehave without a word."""
    for name, value in REQUIRED.items():
        if environment.get(name) != value:
            raise ConfigurationError(
                f"{name} must be {value!r} in the environment that the session process is started with. "
                "Set it in the pod's or the parent's environment; setting it inside the process comes too late."
            )
    if simulated and not environment.get("SSL_CERT_FILE"):
        raise ConfigurationError(
            "RECADO_SIMULATOR_ROOT_KEY or RECADO_SIMULATOR_URL is set but SSL_CERT_FILE is not. Start the session "
            "process with SSL_CERT_FILE naming the simulator's CA file, or remove that setting to talk to the real "
            "WhatsApp."
        )
