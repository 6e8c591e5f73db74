"""`python -m recado_local.prepare`: brings the database to the newest schema, seeds a fresh one, declares its company.

A child of its own, so that the supervisor stays small: SQLAlchemy and Alembic leave with it. May be repeated at any
point: what is there already is left as it is, above all the admin's password.
"""

import asyncio
import json
import sys
from pathlib import Path

from msgspec.structs import replace

from recado_core.errors import RecadoError
from recado_core.resources.company import Company, CompanySpec, CompanyStatus
from recado_core.resources.metadata import CompanyMetadata
from recado_core.session_states import ExitCode
from recado_core.settings import DatabaseSettings
from recado_domain.first_company import FirstAdmin, make_first_company
from recado_domain.migrate import upgrade
from recado_domain.provision import Passwords, provision_database
from recado_local.embedded.postgres import SUPERUSER, EmbeddedPostgres
from recado_local.environment import DATABASE
from recado_local.generated import load_or_make
from recado_local.layout import Layout, write_atomically
from recado_local.resources.folder import FolderResources

COMPANY = "Demo"
COMPANY_RESOURCE = "demo"


async def prepare(layout: Layout) -> int:
    """Answers the id of the demo company."""
    secrets, postgres = load_or_make(layout.secrets), EmbeddedPostgres(layout.data)
    sockets = str(postgres.socket_directory)
    admin = DatabaseSettings(host=sockets, user=SUPERUSER, password=postgres.password, name="postgres")
    passwords = Passwords(owner=secrets.owner_password, app=secrets.app_password, operator=secrets.operator_password)
    await provision_database(admin, DATABASE, passwords)
    await upgrade(DatabaseSettings(host=sockets, user="recado_owner", password=secrets.owner_password, name=DATABASE))
    app = DatabaseSettings(host=sockets, user="recado_app", password=secrets.app_password, name=DATABASE)
    company_id = await make_first_company(app, FirstAdmin(COMPANY, secrets.admin_email, secrets.admin_password))
    await _declare(FolderResources(layout.resources), company_id)
    return company_id


async def _declare(resources: FolderResources, company_id: int) -> None:
    """Connections name their company by a resource, so the seeded company has one, under a name that is free."""
    if any(company.spec.company_id == company_id for company in await resources.list(Company)):
        return
    name = COMPANY_RESOURCE if resources.free(COMPANY_RESOURCE) else f"{COMPANY_RESOURCE}-{company_id}"
    spec = CompanySpec(display_name=COMPANY, company_id=company_id)
    declared = await resources.apply(Company(metadata=CompanyMetadata(name=name), spec=spec))
    # The operator will say the same; the first connection need not wait for it.
    await resources.write_status(replace(declared, status=CompanyStatus(company_id=company_id)))


def main() -> None:
    layout = Layout(Path(sys.argv[1]))
    try:
        company_id = asyncio.run(prepare(layout))
    except RecadoError as error:
        sys.stderr.write(f"{error.detail}\n")
        sys.exit(ExitCode.CONFIGURATION)
    write_atomically(layout.seeded, json.dumps({"company_id": company_id}))


if __name__ == "__main__":
    main()
