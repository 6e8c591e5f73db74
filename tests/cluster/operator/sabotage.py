"""The operator with one of its guarantees switched off: `python -m tests.cluster.operator.sabotage NAME`.

A test that still passes then does not prove the guarantee.
"""

import asyncio
import sys
from collections.abc import Callable
from typing import Any
from unittest.mock import patch

from recado_kubernetes.kinds import PODS, Kind
from recado_operator import __main__ as operator
from recado_operator.build import budget as budgets
from recado_operator.build import names
from recado_operator.build.blueprint import Owner
from recado_operator.kubernetes import policies, sessions
from recado_operator.kubernetes.guards import Guards
from recado_operator.kubernetes.listing import Listing
from recado_operator.runtime.elector import Elector


def without_lease() -> None:
    """Whoever starts, leads."""

    async def acquire(_: Elector) -> None:
        """At once."""

    async def hold(_: Elector) -> None:
        await asyncio.Event().wait()

    patch.object(Elector, "acquire", acquire).start()
    patch.object(Elector, "hold", hold).start()


def without_listing() -> None:
    """A new leader begins to work before it knows which sessions run."""
    compare = Listing._compare

    async def without_pods(listing: Listing, kind: Kind, namespace: str) -> int:
        return 0 if kind is PODS else await compare(listing, kind, namespace)

    patch.object(Listing, "_compare", without_pods).start()


def without_epoch_in_names() -> None:
    """Every pod of a connection has the same name."""

    def session_name(connection: str, epoch: int) -> str:
        return f"wa-{connection}"

    patch.object(names, "session_name", session_name).start()
    patch.object(sessions, "session_name", session_name).start()


def without_corrections() -> None:
    """What others do to a pod is not seen."""
    patch.object(sessions, "mends", lambda *_, **__: False).start()


def without_budgets() -> None:
    """The budget guards nobody."""

    def build_budget(namespace: str, company: str, owner: Owner) -> dict[str, Any]:
        budget = budgets.build_budget(namespace, company, owner)
        budget["spec"]["selector"] = {"matchLabels": {names.COMPANY: "nobody"}}
        return budget

    patch.object(policies, "build_budget", build_budget).start()


def without_guards() -> None:
    """Nobody looks after what was written once."""
    patch.object(Guards, "notice", lambda *_, **__: None).start()
    patch.object(Guards, "missing", lambda *_: set()).start()


SABOTAGES: dict[str, Callable[[], None]] = {
    "without lease": without_lease,
    "without listing": without_listing,
    "without epoch in names": without_epoch_in_names,
    "without corrections": without_corrections,
    "without budgets": without_budgets,
    "without guards": without_guards,
}


if __name__ == "__main__":
    SABOTAGES[sys.argv[1]]()
    sys.exit(operator.main())
