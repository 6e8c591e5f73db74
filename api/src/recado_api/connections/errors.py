"""Refusals about connections that the domain knows nothing of: they come from who manages the resource."""

from http import HTTPStatus

from recado_core.errors import RecadoError


class ManagedElsewhereError(RecadoError):
    code = "managed_elsewhere"
    status = HTTPStatus.CONFLICT
    title = "Managed elsewhere"

    def __init__(self, manager: str) -> None:
        super().__init__(f"{manager} manages this connection. Change it there, or it would be changed back")


class CompanyNotDeclaredError(RecadoError):
    code = "company_not_declared"
    status = HTTPStatus.CONFLICT
    title = "The company has no resource"

    def __init__(self, company_id: int) -> None:
        super().__init__(
            f"No Company resource stands for this company. Apply one with spec.companyID: {company_id}, "
            "or try again when the one that was just applied is Ready"
        )
