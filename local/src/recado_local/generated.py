"""Passwords and keys of one local installation: made at the first start, kept in a file that only its owner reads."""

import json
import secrets
from pathlib import Path

import msgspec

from recado_core.errors import ConfigurationError
from recado_local import suggest
from recado_local.layout import write_atomically

ADMIN_EMAIL = "admin@recado.local"


class Secrets(msgspec.Struct, frozen=True, kw_only=True):
    owner_password: str
    app_password: str
    operator_password: str
    jwt_secret: str
    jwt_refresh_secret: str
    admin_password: str
    admin_email: str = ADMIN_EMAIL


def load_or_make(path: Path) -> Secrets:
    try:
        return msgspec.json.decode(path.read_bytes(), type=Secrets)
    except FileNotFoundError:
        made = _make()
        write_atomically(path, json.dumps(msgspec.to_builtins(made), indent=2))
        return made
    except msgspec.DecodeError as error:
        raise ConfigurationError(
            f"{path} cannot be read ({error}). Restore it from a copy, or start afresh with: "
            f"{suggest.recado(path.parent, 'reset')}"
        ) from error


def _make() -> Secrets:
    return Secrets(
        owner_password=secrets.token_urlsafe(32),
        app_password=secrets.token_urlsafe(32),
        operator_password=secrets.token_urlsafe(32),
        jwt_secret=secrets.token_urlsafe(48),
        jwt_refresh_secret=secrets.token_urlsafe(48),
        admin_password=secrets.token_urlsafe(12),
    )
