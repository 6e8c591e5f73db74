"""Which retained connections may be let go: nobody came back for them in time, and nobody is about to. Pure."""

from collections.abc import Collection, Sequence

from recado_operator.world import OverdueConnection

MOST = 20
"""So many go in one round: each takes a schema of the engine's with it, and there is another round."""


def to_collect(
    overdue: Sequence[OverdueConnection], awaited: Collection[tuple[int, str]]
) -> Sequence[OverdueConnection]:
    """Of `overdue`, longest first, those that can go now. `awaited` are company and name of the resources that the
    database does not know yet: one that was applied while no operator worked still finds its device.
    """
    return [each for each in overdue if (each.company_id, each.name) not in awaited][:MOST]
