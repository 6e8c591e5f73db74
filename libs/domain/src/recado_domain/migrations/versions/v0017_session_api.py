"""The functions that are all a session may do."""

from recado_domain.migrations import script

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    script.run("session_api_lease.sql")
    script.run("session_api_pairing.sql")
    script.run("session_api_messages.sql")
