"""The wish to unlink a device at WhatsApp before its connection goes."""

from recado_domain.migrations import script

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    script.run("logout.sql")
