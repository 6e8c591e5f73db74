"""Fills a running stack's first company and twenty others, as a busy installation would be after a year."""

from pathlib import Path

from tests.support.database import Superuser
from tests.support.stack import RecadoStack

LONG_CONVERSATION = 100_009


def seed(stack: RecadoStack) -> None:
    """Needs a stack without connections: the bench's own one is inserted beside the rows."""
    with Superuser(stack.data) as database:
        database.execute(
            "insert into connection (company_id, id, name, display_name, managed_by) "
            "values (1, gen_random_uuid(), 'bench', 'Bench', 'recado')"
        )
        database.script(Path(__file__).with_name("seed.sql").read_text())
