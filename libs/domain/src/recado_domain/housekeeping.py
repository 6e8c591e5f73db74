"""Forgets what has served its purpose, for all companies. Run it every few minutes: each step takes a bounded bite, so
that a large backlog never becomes one long transaction.
"""

from datetime import timedelta

from sqlalchemy import text

from recado_domain.unit_of_work import SystemUnitOfWork

BITE = 10_000

KEPT = {
    "event": ("created_at", timedelta(hours=24), "true"),
    "inbox_event": ("stored_at", timedelta(days=7), "state = 'done'"),
    "idempotency_key": ("created_at", timedelta(hours=72), "true"),
    "early_receipt": ("at", timedelta(hours=24), "true"),
    "refresh_token": ("expires_at", timedelta(days=1), "true"),
}
"""Table, the moment that counts, how long it is kept after that, and which rows may go at all. Quarantined rows stay:
somebody should look at them.
"""


async def forget(work: SystemUnitOfWork) -> dict[str, int]:
    """How many rows went, by table; call again while any of them is `BITE`."""
    gone: dict[str, int] = {}
    for table, (moment, kept, condition) in KEPT.items():
        statement = text(
            f"delete from {table} where ctid = any (array("  # noqa: S608 - names from the table above
            f"select ctid from {table} where {moment} < :before and {condition} limit :bite))"
        )
        done = await work.execute(statement, {"before": work.now - kept, "bite": BITE})
        gone[table] = done.rowcount
    return gone
