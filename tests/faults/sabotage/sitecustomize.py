"""Switches one guarantee off in every process of a stack: Python runs this file first when its folder is on PYTHONPATH.

The product has no switches for that, and shall have none: a twin replaces a function the moment its module is loaded.
`RECADO_TWIN` names the twin; `twins.py` beside this file says what each one breaks.
"""

import importlib
import importlib.abc
import importlib.machinery
import os
import sys
from collections.abc import Callable, Sequence
from types import ModuleType


class PatchingFinder(importlib.abc.MetaPathFinder):
    """Finds as Python does, and patches what it loads."""

    def __init__(self, patches: dict[str, Callable[[ModuleType], None]]) -> None:
        self._patches = patches

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        spec = importlib.machinery.PathFinder.find_spec(fullname, path, target) if fullname in self._patches else None
        if spec is None or spec.loader is None:
            return None
        load, patch = spec.loader.exec_module, self._patches.pop(fullname)

        def load_and_patch(module: ModuleType) -> None:
            load(module)
            patch(module)

        setattr(spec.loader, "exec_module", load_and_patch)  # noqa: B010 - the checkers know that methods are final
        return spec


if twin := os.environ.get("RECADO_TWIN"):
    sys.meta_path.insert(0, PatchingFinder(dict(importlib.import_module("twins").TWINS[twin])))
