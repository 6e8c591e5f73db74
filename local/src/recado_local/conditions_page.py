"""Writes docs/conditions.md from the code: `python -m recado_local.conditions_page FILE`, or `--check FILE`.

Types and reasons explain themselves where they are declared; the messages are those that the operator writes.
"""

import pkgutil
import sys
from collections.abc import Iterator, Mapping
from importlib import import_module
from pathlib import Path

from recado_core.resources.conditions import ABNORMAL, ConditionType, Reason
from recado_local.generated_page import write_or_check
from recado_operator import conditions
from recado_operator.conditions.writing import Explanation

HEAD = """# Conditions and reasons

What `kubectl describe company`, `kubectl describe wac` and `kubectl wait` tell, and what to do about it. Start with
`Ready`: its reason and message are those of whatever stands in the way. `Reconciling` and `Stalled` stand only while
they are true: the first means that the operator is at it, the second that nothing will change until somebody acts.
This page is generated: `make openapi`.
"""


def page() -> str:
    types = [f"| `{kind}` | {_good(kind)} | {kind.meaning} |" for kind in ConditionType]
    said = _messages()
    reasons = [f"| `{one}` | {_text(one.meaning)} | {'<br>'.join(said.get(one, ()))} |" for one in sorted(Reason)]
    return "\n".join(
        [
            HEAD,
            "## Conditions",
            "",
            "| type | should be | means |",
            "|---|---|---|",
            *types,
            "",
            "## Reasons",
            "",
            "Messages that are the same each time; others name what they found. Those in bold come with `Stalled`.",
            "",
            "| reason | means, and what to do | messages |",
            "|---|---|---|",
            *reasons,
            "",
        ]
    )


def _good(kind: ConditionType) -> str:
    return "False" if kind in ABNORMAL else "True"


def _messages() -> Mapping[str, list[str]]:
    """By reason, in the order of the code."""
    found: dict[str, list[str]] = {}
    for told in _explanations():
        message = _text(told.message)
        shown = f"**{message}**" if told.stalled else message
        if shown not in found.setdefault(told.reason, []):
            found[told.reason].append(shown)
    return found


def _text(plain: str) -> str:
    """As a cell of a table says it."""
    return plain.replace("|", "\\|").replace("<", "&lt;")


def _explanations() -> Iterator[Explanation]:
    for module in pkgutil.iter_modules(conditions.__path__, f"{conditions.__name__}."):
        for value in vars(import_module(module.name)).values():
            for one in value.values() if isinstance(value, dict) else (value,):
                if isinstance(one, Explanation):
                    yield one


def main(arguments: list[str]) -> int:
    return write_or_check(Path(arguments[-1]), page(), check="--check" in arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
