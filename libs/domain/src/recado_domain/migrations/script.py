"""Runs one of the SQL files beside this module. A file holds many statements and functions with bodies of their own,
so it goes to asyncpg as it is, inside the transaction that Alembic opened: no home-made splitting at semicolons.
"""

from pathlib import Path
from typing import Any

from alembic import op

FOLDER = Path(__file__).parent / "sql"


def run(name: str, *, lock_timeout: str = "5s") -> None:
    """Executes sql/`name`; gives up after `lock_timeout` instead of queueing every other query behind itself."""
    op.execute(f"set local lock_timeout = '{lock_timeout}'")
    script = (FOLDER / name).read_text()

    async def execute(driver: Any) -> None:
        await driver.execute(script)

    adapter: Any = op.get_bind().connection.dbapi_connection
    adapter.run_async(execute)
