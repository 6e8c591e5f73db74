"""The tables of the first release."""

from recado_domain.migrations import script

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    script.run("tables_people.sql")
    script.run("tables_connections.sql")
    script.run("tables_conversations.sql")
    script.run("tables_pipeline.sql")
    script.run("tables_log.sql")
