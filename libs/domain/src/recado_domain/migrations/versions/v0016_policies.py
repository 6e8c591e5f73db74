"""Row level security, forced on every table of a company."""

from recado_domain.migrations import script

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    script.run("policies.sql")
