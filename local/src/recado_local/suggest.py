"""Commands that we suggest to people: as printed they work, from where they called us and for the data they meant."""

import shlex
import sys
from pathlib import Path

from recado_local import layout as layouts


def recado(data: Path, *words: str) -> str:
    """The command line of `recado WORDS` for the installation in `data`."""
    usual, _ = layouts.choose(None)
    place = [] if data.resolve() == usual.data else ["--data-dir", str(data.resolve())]
    return shlex.join([_program(), *words, *place])


def _program() -> str:
    """In a virtual environment by its path: that one may not be on the PATH of the shell it is typed into."""
    if sys.prefix == sys.base_prefix:
        return "recado"
    program, here = Path(sys.executable).with_name("recado"), Path.cwd()
    return str(program.relative_to(here) if program.is_relative_to(here) else program)
