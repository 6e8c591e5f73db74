"""Phones linked by a code that is typed, beside the one that is scanned."""

from recado_domain.migrations import script

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    script.run("pairing_codes.sql")
