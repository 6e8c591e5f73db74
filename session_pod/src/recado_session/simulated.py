"""Introduces this session to a simulated WhatsApp that is told by its address alone: asks for the root key and for the
authority that the engine must trust. On one machine both come with the environment; in a cluster the simulator makes
them when it first starts, after the pods' settings were written.
"""

import os
import ssl
import urllib.error
import urllib.request
from http import HTTPStatus
from pathlib import Path

import msgspec

from recado_core.errors import ConfigurationError, RecadoError

PATIENCE_SECONDS = 5.0


class SimulatorAwayError(RecadoError):
    code = "session.simulator_away"
    status = HTTPStatus.SERVICE_UNAVAILABLE
    title = "The simulated WhatsApp does not answer"


class Identity(msgspec.Struct, frozen=True):
    root_key: str
    """Hex of 32 bytes."""
    authority: str
    """PEM."""


def introduce(url: str) -> bytes:
    """The root key. Writes SSL_CERT_FILE, which Go reads when it first needs it: what the system trusts, and the
    simulator's authority. Raises SimulatorAwayError or ConfigurationError.
    """
    target = os.environ["SSL_CERT_FILE"]  # `environment.check` saw it
    identity = _ask(f"{url.rstrip('/')}/control/identity")
    try:
        Path(target).write_text(_system_authorities() + identity.authority)
    except OSError as error:
        raise ConfigurationError(f"SSL_CERT_FILE {target} cannot be written: {error.strerror}") from error
    return bytes.fromhex(identity.root_key)


def _ask(url: str) -> Identity:
    try:
        with urllib.request.urlopen(url, timeout=PATIENCE_SECONDS) as answer:  # noqa: S310 - the settings allow http and https only
            return msgspec.json.decode(answer.read(), type=Identity)
    except (OSError, urllib.error.URLError, msgspec.DecodeError) as error:
        raise SimulatorAwayError(f"No identity from {url}: {error}. Look at the simulator first") from error


def _system_authorities() -> str:
    file = Path(ssl.get_default_verify_paths().openssl_cafile)
    return file.read_text() if file.exists() else ""
