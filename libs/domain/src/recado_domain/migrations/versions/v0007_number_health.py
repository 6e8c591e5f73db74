"""A message that WhatsApp refused because the number is limited waits longer than the number itself."""

from recado_domain.migrations import script

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    script.run("number_health.sql")
