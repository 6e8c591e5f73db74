"""The company and the administrator that a new installation begins with. May be repeated: an administrator who is there
keeps the password that they have now.
"""

import msgspec

from recado_core.errors import ConfigurationError
from recado_core.passwords import MINIMUM_PASSWORD
from recado_core.settings import DatabaseSettings
from recado_domain.companies.actions import create_company
from recado_domain.companies.queries import company_ids
from recado_domain.engine import create_engine
from recado_domain.unit_of_work import Database
from recado_domain.users.actions import NewUser, create_user
from recado_domain.users.queries import user_by_email

ADMIN_NAME = "Admin"


class FirstAdmin(msgspec.Struct, frozen=True):
    company: str
    email: str
    password: str


async def make_first_company(app: DatabaseSettings, wanted: FirstAdmin) -> int:
    """Answers the id of the administrator's company; the oldest one when there is any. `app`: as recado_app. Raises
    ConfigurationError.
    """
    if len(wanted.password) < MINIMUM_PASSWORD:
        raise ConfigurationError(
            f"The first administrator's password has less than {MINIMUM_PASSWORD} characters. Give it a longer one"
        )
    engine = create_engine(app, application="recado-prepare", pool_size=1)
    try:
        return await _make(Database(engine), wanted)
    finally:
        await engine.dispose()


async def _make(database: Database, wanted: FirstAdmin) -> int:
    async with database.system() as work:
        if found := await user_by_email(work, wanted.email):
            return found.company_id
        known = await company_ids(work)
        company_id = known[0] if known else (await create_company(work, wanted.company)).id
    async with database.company(company_id) as work:
        await create_user(work, NewUser(name=ADMIN_NAME, email=wanted.email, password=wanted.password, role="admin"))
    return company_id
