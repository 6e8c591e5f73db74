"""Loads neonize and takes away its bad habits, before anything else touches it.

* Its helpers fetch links and URLs, sniff files and draw codes. Ours do none of that, so what they would use is never
  loaded: a placeholder stands in while the library is imported. That spares 10 MB a session, needs no `libmagic`, and
  leaves no HTTP client in reach of what customers write; nor can it fetch a missing native part from the internet.
* It configures logging at import, and logs phone numbers and names: call `quieten` after `recado_core.log.configure`.
* Its calls run in the loop's default executor, six threads on two cores, one of which it keeps: it gets 24.
"""

import asyncio
import importlib
import logging
import re
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType

from recado_core.errors import ConfigurationError

EXECUTOR_THREADS = 24

UNUSED = (
    "httpx",
    "linkpreview",
    "linkpreview.exceptions",
    "magic",
    "requests",
    "requests.exceptions",
    "segno",
)

_NUMBER = re.compile(r"\d{5,}")
_STANZA = re.compile(r"<.*>", re.DOTALL)


class Placeholder(ModuleType):
    """Has every name that is asked for; each is an exception class, so that it may also stand in an `except`."""

    def __getattr__(self, name: str) -> type[Exception]:
        if name.startswith("__"):
            raise AttributeError(name)
        return type(name, (Exception,), {})


def load() -> None:
    """Imports neonize: half a second and 40 MB, once. Raises ConfigurationError."""
    spec = find_spec("neonize")
    if spec is None or spec.origin is None or not any(Path(spec.origin).parent.glob("neonize-*.*")):
        raise ConfigurationError("The native part of neonize is missing. Install the wheel of neonize 0.5.2 again.")
    with placeholders():
        importlib.import_module("neonize.aioze.client")


@contextmanager
def placeholders() -> Iterator[None]:
    """Stand-ins for `UNUSED`, for as long as the block runs. What others have loaded or will load stays theirs."""
    before = {name: sys.modules.get(name) for name in UNUSED}
    sys.modules.update({name: Placeholder(name) for name in UNUSED})
    try:
        yield
    finally:
        for name, module in before.items():
            if module is None:
                del sys.modules[name]
            else:
                sys.modules[name] = module


def install_executor(loop: asyncio.AbstractEventLoop) -> None:
    loop.set_default_executor(ThreadPoolExecutor(EXECUTOR_THREADS, thread_name_prefix="engine"))


def quieten() -> None:
    """Only the engine's warnings, and nobody's name or number in them. Call after `recado_core.log.configure`."""
    logging.getLogger("neonize.utils.log").setLevel(logging.WARNING)
    logging.getLogger("neonize.utils.ffmpeg").setLevel(logging.ERROR)  # media are made elsewhere
    for handler in logging.getLogger().handlers:
        handler.addFilter(_clean)


def hide_people(text: str) -> str:
    """`text` fit for a log: without stanzas, which carry names, and without anything long that is made of digits."""
    return _NUMBER.sub("…", _STANZA.sub("<…>", text))


def _clean(record: logging.LogRecord) -> bool:
    record.msg, record.args = hide_people(record.getMessage()), None
    return True
