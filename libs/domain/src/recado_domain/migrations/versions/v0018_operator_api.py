"""The functions that are all the operator may do."""

from recado_domain.migrations import script

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    script.run("operator_api_roles.sql")
    script.run("operator_api_sessions.sql")
    script.run("operator_api_connections.sql")
    script.run("operator_api_retention.sql")
    script.run("operator_api_companies.sql")
