"""The role of a session costs the same however many there are."""

from recado_domain.migrations import script

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    script.run("session_roles.sql")
