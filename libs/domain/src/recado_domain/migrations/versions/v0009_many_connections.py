"""What thousands of connections made slow: asking for one, making its role."""

from recado_domain.migrations import script

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    script.run("many_connections.sql")
