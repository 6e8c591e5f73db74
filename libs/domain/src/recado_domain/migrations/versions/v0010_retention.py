"""Retained connections that nobody takes up again are not kept for ever."""

from recado_domain.migrations import script

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    script.run("retention.sql")
