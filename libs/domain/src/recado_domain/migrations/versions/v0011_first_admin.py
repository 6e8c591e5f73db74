"""A Company resource may name the first person of its company."""

from recado_domain.migrations import script

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    script.run("first_admin.sql")
