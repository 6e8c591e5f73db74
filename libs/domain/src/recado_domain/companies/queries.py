from sqlalchemy import select

from recado_domain.companies.tables import company
from recado_domain.companies.views import CompanyView
from recado_domain.errors import NotFoundError
from recado_domain.unit_of_work import SystemUnitOfWork, UnitOfWork


async def company_view(work: UnitOfWork) -> CompanyView:
    """The company of this unit of work."""
    found = await work.execute(select(company.c.id, company.c.name).where(company.c.id == work.company_id))
    row = found.one_or_none()
    if row is None:
        raise NotFoundError("There is no such company. Sign in again.")
    return CompanyView(row.id, row.name)


async def company_ids(work: SystemUnitOfWork) -> list[int]:
    """All companies, oldest first."""
    return list((await work.execute(select(company.c.id).order_by(company.c.id))).scalars())
