"""`python -m recado_domain.migrate`: makes roles and database if it may, migrates, sets passwords, makes the first
company. May be repeated: an upgrade is the same command. `--wait` only waits until somebody else has done that.
"""

import argparse
import asyncio
import sys

import msgspec

from recado_core import log
from recado_core.clock import SystemClock
from recado_core.errors import ConfigurationError, RecadoError
from recado_core.session_states import ExitCode
from recado_core.settings import DatabaseSettings, ObservabilitySettings, load
from recado_domain.first_company import FirstAdmin, make_first_company
from recado_domain.migrate import newest_revision, upgrade
from recado_domain.migrate.settings import MigrationSettings
from recado_domain.migrate.waiting import wait_for_database
from recado_domain.provision import Passwords, provision_database, set_passwords


def main() -> int:
    arguments = _arguments()
    try:
        log.configure(load(ObservabilitySettings), "migrate")
        database, settings = load(DatabaseSettings), load(MigrationSettings)
        asyncio.run(_wait(database, settings) if arguments.wait else prepare(database, settings))
    except RecadoError as error:
        print(error.detail, file=sys.stderr)  # noqa: T201 - a person reads this
        return ExitCode.CONFIGURATION if isinstance(error, ConfigurationError) else ExitCode.TRY_AGAIN
    return 0


async def prepare(owner: DatabaseSettings, settings: MigrationSettings) -> None:
    clock = SystemClock()
    if settings.admin_user:
        admin = msgspec.structs.replace(
            owner, user=settings.admin_user, password=settings.admin_password, name=settings.admin_database
        )
        await wait_for_database(admin, settings.patience, clock)
        await provision_database(admin, owner.name, _passwords(owner, settings))
    else:
        await wait_for_database(owner, settings.patience, clock)
    await upgrade(owner)
    if not settings.admin_user:
        await set_passwords(owner, _passwords(owner, settings))
    if settings.email:
        app = msgspec.structs.replace(owner, user="recado_app", password=settings.app_password)
        await make_first_company(app, FirstAdmin(settings.company, settings.email, settings.password))


def _passwords(owner: DatabaseSettings, settings: MigrationSettings) -> Passwords:
    return Passwords(owner=owner.password, app=settings.app_password, operator=settings.operator_password)


async def _wait(database: DatabaseSettings, settings: MigrationSettings) -> None:
    await wait_for_database(database, settings.patience, SystemClock(), newest_revision())


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="recado_domain.migrate", description="Prepares Recado's database")
    parser.add_argument("--wait", action="store_true", help="only wait until the schema is the one of this release")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
