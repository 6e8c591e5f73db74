"""Roles and schemas: who may log in, who may cross companies, who may only call functions."""

from recado_domain.migrations import script

revision = "0001"
down_revision = None


def upgrade() -> None:
    script.run("roles.sql")
    script.run("session_makers.sql")
