"""Companies are declared by resources too; a retained connection keeps its device for the next one of its name."""

from recado_domain.migrations import script

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    script.run("companies.sql")
