"""What the job that prepares a database is told: beside the owner's login (DB_USER, DB_PASS), what else it shall do."""

from typing import Annotated

from msgspec import Meta

from recado_core.settings import Setting, SettingsStruct


class MigrationSettings(SettingsStruct, frozen=True, kw_only=True):
    admin_user: Annotated[
        str,
        Setting("RECADO_DB_ADMIN_USER", "Superuser that makes roles and database; empty: both are there."),
    ] = ""
    admin_password: Annotated[str, Setting("RECADO_DB_ADMIN_PASSWORD", "Its password.", secret=True)] = ""
    admin_database: Annotated[str, Setting("RECADO_DB_ADMIN_NAME", "Any database that it may connect to.")] = "postgres"
    app_password: Annotated[
        str, Setting("RECADO_DB_APP_PASSWORD", "Password to give to recado_app; empty: leave it.", secret=True)
    ] = ""
    operator_password: Annotated[
        str,
        Setting("RECADO_DB_OPERATOR_PASSWORD", "Password to give to recado_operator; likewise.", secret=True),
    ] = ""
    patience: Annotated[
        float, Meta(ge=0), Setting("RECADO_DB_PATIENCE_SECONDS", "How long to wait for a database that is not up yet.")
    ] = 300.0
    company: Annotated[str, Setting("RECADO_FIRST_COMPANY", "Name of the company to make when there is none.")] = (
        "Recado"
    )
    email: Annotated[
        str, Setting("RECADO_FIRST_ADMIN_EMAIL", "Its administrator, made once; empty: nobody and no company.")
    ] = ""
    password: Annotated[str, Setting("RECADO_FIRST_ADMIN_PASSWORD", "The administrator's password.", secret=True)] = ""
