"""Roles and schemas: who may log in, who may cross companies, who may only call functions.

The first of the first release; those before it were folded into these.
"""

from recado_domain.migrations import script

revision = "0014"
down_revision = None


def upgrade() -> None:
    script.run("roles.sql")
    script.run("session_makers.sql")
