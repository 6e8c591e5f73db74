"""Loads neonize and takes away its bad habits, once per process and before anything else touches it.

* It wants `libmagic` at import, which bare machines lack; we never sniff files, so a placeholder stands in for it.
* Without its native library it would fetch one from the internet at import: refused.
* It configures logging at import, and logs phone numbers: call `quieten` after `recado_core.log.configure`.
* Its calls run in the loop's default executor, six threads on two cores, one of which it keeps: it gets 24.
"""

import asyncio
import importlib
import logging
import re
import sys
import types
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path

from recado_core.errors import ConfigurationError

EXECUTOR_THREADS = 24

_NUMBER = re.compile(r"\d{5,}")


def prepare_import() -> None:
    """Makes `import neonize` safe. Raises ConfigurationError."""
    _require_native_library()
    _replace_missing_magic()


def install_executor(loop: asyncio.AbstractEventLoop) -> None:
    loop.set_default_executor(ThreadPoolExecutor(EXECUTOR_THREADS, thread_name_prefix="engine"))


def quieten() -> None:
    """Only the engine's warnings, and no phone numbers in them. Call after `recado_core.log.configure`."""
    logging.getLogger("neonize.utils.log").setLevel(logging.WARNING)
    logging.getLogger("neonize.utils.ffmpeg").setLevel(logging.ERROR)  # media are made elsewhere
    for handler in logging.getLogger().handlers:
        handler.addFilter(_clean)


def hide_numbers(text: str) -> str:
    """`text` fit for a log: without phone numbers and everything else that is long and made of digits."""
    return _NUMBER.sub("…", text)


def _clean(record: logging.LogRecord) -> bool:
    record.msg, record.args = hide_numbers(record.getMessage()), None
    return True


def _require_native_library() -> None:
    spec = find_spec("neonize")
    if spec is None or spec.origin is None or not any(Path(spec.origin).parent.glob("neonize-*.*")):
        raise ConfigurationError("The native part of neonize is missing. Install the wheel of neonize 0.5.2 again.")


def _replace_missing_magic() -> None:
    try:
        importlib.import_module("magic")
    except ImportError:
        sys.modules["magic"] = types.ModuleType("magic", "Stands in for python-magic: this process sniffs no files.")
