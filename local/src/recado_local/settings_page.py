"""Writes docs/settings.md from the settings structs themselves: `python -m recado_local.settings_page FILE`.

With `--check` it only tells whether the file is stale (exit code 1).
"""

import sys
from pathlib import Path

import msgspec

from recado_api.settings import WebSettings
from recado_core.settings import DatabaseSettings, ObservabilitySettings, RedisSettings, describe
from recado_domain.migrate.settings import MigrationSettings
from recado_local.generated_page import write_or_check
from recado_operator.settings import OperatorSettings
from recado_session.settings import SessionSettings
from recado_worker.settings import QueueSettings

SECTIONS: tuple[tuple[str, type[msgspec.Struct]], ...] = (
    ("Every process: PostgreSQL", DatabaseSettings),
    ("Every process: Redis", RedisSettings),
    ("Every process: what it tells", ObservabilitySettings),
    ("`python -m recado_domain.migrate`", MigrationSettings),
    ("API and realtime", WebSettings),
    ("Worker", QueueSettings),
    ("Session", SessionSettings),
    ("Operator, in a cluster", OperatorSettings),
)

HEAD = """# Settings

All settings are environment variables, read once at the start. A process that cannot start with what it is given
ends with exit code 78 and one sentence that names the variable. This page is generated: `make openapi`.
"""


def page() -> str:
    return HEAD + "".join(_section(title, kind) for title, kind in SECTIONS)


def _section(title: str, kind: type[msgspec.Struct]) -> str:
    rows = [f"| `{note.variable}` | {_default(field)} | {note.meaning} |" for note, field in describe(kind)]
    return "\n".join(["", f"## {title}", "", "| variable | default | meaning |", "|---|---|---|", *rows, ""])


def _default(field: msgspec.structs.FieldInfo) -> str:
    if field.required:
        return "**required**"
    value = str(field.default).lower() if isinstance(field.default, bool) else str(field.default)
    return f"`{value}`" if value else ""


def main(arguments: list[str]) -> int:
    return write_or_check(Path(arguments[-1]), page(), check="--check" in arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
